/*
 * A flat binary of 16-bit code at 0x7c00. Greets on the serial line, adds two numbers by a
 * pseudo-instruction, reads its own first byte through a segment, and leaves with the value 0x15.
 */
        .code16
        .globl _start
_start: cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %ss
        movw    $0x7c00, %sp
        movw    $greeting, %si
        call    print
        movl    $30, %edi
        movl    $12, %esi
        xorl    %edx, %edx
        xorl    %ecx, %ecx
        movb    $0x23, %al              /* m5_sum: RAX becomes the result */
        outb    %al, $0xf8
        cmpw    $42, %ax
        jne     wrong
        movw    $0x07c0, %ax
        movw    %ax, %es
        movb    %es:0, %al
        cmpb    $0xfa, %al              /* cli */
        jne     wrong
        movw    $fine, %si
        call    print
        movl    $0x15, %eax
        outl    %eax, $0xf4
halt:   hlt
        jmp     halt

wrong:  movw    $failure, %si
        call    print
        movl    $1, %eax
        outl    %eax, $0xf4
        jmp     halt

print:  lodsb
        testb   %al, %al
        jz      done
        movb    %al, %bl
wait:   movw    $0x3fd, %dx
        inb     %dx, %al
        testb   $0x20, %al
        jz      wait
        movw    $0x3f8, %dx
        movb    %bl, %al
        outb    %al, %dx
        jmp     print
done:   ret

greeting: .asciz "16 bits at 0x7c00\n"
fine:     .asciz "30 + 12 = 42\n"
failure:  .asciz "wrong\n"

/*
 * Three kernels with few instructions a block, in a program that has little else. Arguments: name, rounds.
 */
typedef unsigned int u32;

static unsigned char bytes[4096];
static int numbers[1024];

static u32 crc32(void) {
  u32 crc = ~0u;
  for (int i = 0; i < 4096; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc & 1) ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}

static u32 machine(void) {
  static const unsigned char program[] = {0, 1, 2, 3, 1, 2, 2, 4, 0, 3, 4, 5};
  u32 a = 1, b = 7, left = 3000;
  for (int at = 0;; at++) {
    switch (program[at]) {
    case 0: a += b; break;
    case 1: b ^= a << 3; break;
    case 2: a = a * 5 + 1; break;
    case 3: if (a & 1) b++; break;
    case 4: b = (b >> 1) | (a << 31); break;
    default: if (--left == 0) return a ^ b; at = -1;
    }
  }
}

static void sort(int *first, int *last) {
  while (first < last) {
    int *low = first, *high = last, pivot = first[(last - first) / 2];
    while (low <= high) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low > high) break;
      int swapped = *low;
      *low++ = *high;
      *high-- = swapped;
    }
    sort(first, high);
    first = low;
  }
}

static u32 qsort(void) {
  u32 seed = 1;
  for (int i = 0; i < 1024; i++) numbers[i] = (int)(seed = seed * 1664525 + 1013904223);
  sort(numbers, numbers + 1023);
  return (u32)numbers[512];
}

__attribute__((used)) static void start(char **words) {
  int rounds = 0;
  u32 sum = 0;
  for (const char *digit = words[3]; *digit; digit++) rounds = rounds * 10 + *digit - '0';
  for (int i = 0; i < 4096; i++) bytes[i] = (unsigned char)(i * 7);
  for (int i = 0; i < rounds; i++) {
    sum += words[2][0] == 'c' ? crc32() : words[2][0] == 'm' ? machine() : qsort();
  }
  __asm__ volatile("syscall" : : "a"(60), "D"(sum == 0));
}

__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call start\n hlt");

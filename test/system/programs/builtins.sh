# What bash does by itself, without starting another program.
echo "shell: ${BASH##*/} args: $# <$1> <$2> all: $*"
shopt -s extglob nullglob
set -u

# arithmetic
x=7 y=3
echo $((x * y + 2 ** 10)) $((x / y)) $((x % -y)) $((-x / y)) $((x << 33)) $((0xff ^ 0x0f)) $((36#zz))
echo $((9223372036854775807 + 1)) $((1 ? 2 : 3)) $((x++ + ++x))
let 'z = x, z += 5'; echo "z=$z"
for ((i = 0; i < 5; i++)); do printf '%d ' $((i * i)); done; echo

# printf and strings
printf '%s|%5d|%-8s|%08.3f|%e|%g|%x|%o|%c|%%\n' word 42 left 3.14159 12345.678 1e-7 255 8 z
printf '%b\n' 'tab\there' && printf '%q\n' "it's a \"test\" \$x"
s='The Quick Brown Fox'
echo "${s,,} ${s^^} ${#s} ${s:4:5} ${s/Quick/Slow} ${s//o/0} ${s#* } ${s##* } ${s% *} ${s%% *}"
echo "${unset_one:-default} ${s:+set} ${s: -3}"
IFS=, read -r a b c <<< 'one,two,three and four'; echo "$a/$b/$c"

# arrays
declare -A map=([one]=1 [two]=2 [three]=3)
list=(alpha beta gamma "with space")
list+=(delta)
echo "${#list[@]} ${list[-1]} ${list[*]:1:2} ${!list[*]}"
for key in one two three; do echo "$key=${map[$key]}"; done
mapfile -t lines <<< $'first\nsecond\nthird'; echo "${#lines[@]}: ${lines[1]}"

# here-documents, small and larger than a pipe
while IFS= read -r line; do echo "<$line>"; done << END
value of x: $x
  indented $((1 + 1))
END
while IFS= read -r line; do echo "<$line>"; done << 'END'
no $expansion here
END
printf -v big '%070000d' 1
read -r long <<< "$big"; echo "long: ${#long}"

# tests, patterns, functions
[[ $s =~ ^The\ (.+)\ Fox$ ]] && echo "matched ${BASH_REMATCH[1]}"
[[ foobar == foo@(bar|baz) ]] && echo extglob
case $s in *Quick*) echo quick ;; *) echo other ;; esac
factorial() { local n=$1; ((n < 2)) && { REPLY=1; return; }; factorial $((n - 1)); REPLY=$((REPLY * n)); }
factorial 20; echo "20! = $REPLY"
depth() { (($1 == 0)) || depth $(($1 - 1)); }; depth 500 && echo deep

# files, globbing, redirections
mkdir() { :; }
echo 'line one' > one.txt
echo 'line two' >> one.txt
echo data > two.txt; echo data > three.dat
echo *.txt; echo *; echo *.none; echo [!o]*.txt
while read -r line; do echo "read: $line"; done < one.txt
exec 5<> both.txt; echo written >&5; exec 5>&-; read -r back < both.txt; echo "$back"
exec 6> out.txt; echo to-six >&6; exec 6>&-; read -r line < out.txt; echo "$line"
[[ -f one.txt && -r one.txt && -w one.txt && ! -d one.txt && -s one.txt && ! -e absent ]] && echo tests
[[ two.txt -nt absent ]] && echo newer
cd .. && cd "$OLDPWD" && echo "${PWD##*/}"
echo error text >&2
{ echo both; echo streams >&2; } 2>&1
type -t echo while factorial

# traps and signals
trap 'echo "got USR1"' USR1; kill -USR1 $$; echo after
trap 'echo "got TERM"' TERM; kill -TERM $$
trap '' HUP; kill -HUP $$; echo 'HUP ignored'
trap 'echo "error on line"' ERR; false; trap - ERR
trap -p TERM
trap 'echo "leaving with $?"' EXIT
getopts ab:c opt -b value; echo "$opt $OPTARG"
ulimit -n > /dev/null && echo limits
umask; umask 077; umask
times > /dev/null
printf '%(%Y)T\n' 86400
exit 42

-- Numbers, strings, tables, coroutines, files, errors.
print(_VERSION, #arg, arg[1], arg[2])
for _, v in ipairs { 0, 1, -1, 0.1, 1 / 3, 2 ^ 53, 1e100, -1e-300, math.pi, math.huge, -math.huge } do
  print(string.format("%g %.14g %a %e %10.3f", v, v, v, v, v))
end
print(0 / 0 ~= 0 / 0, math.maxinteger + 1 == math.mininteger, 7 // 2, -7 // 2, 7 % -3, 7.5 // 2)
print(string.format("%5d|%-5d|%05d|%x|%o|%q|%s|%c", 42, 42, 42, 255, 8, 'a\n"b"\0c', nil, 65))
for i = 1, 10 do io.write(string.format("%.17g ", math.sin(i) * math.exp(i) / math.log(i + 1))) end
print()
math.randomseed(42)
local sum = 0
for _ = 1, 1000 do sum = sum + math.random(1, 100) end
print(sum, math.random())
print(("hello world"):gsub("o", "0"), ("key=value"):match("(%w+)=(%w+)"), ("%d+"):rep(2, ","))
print(string.pack("<i4d", 1, 2.5):byte(1, -1))
print(#string.rep("x", 10000000))
local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do words[#words + 1] = word end
table.sort(words)
print(table.concat(words, " "), select("#", table.unpack(words)))
local fib = coroutine.wrap(function()
  local a, b = 0, 1
  while true do coroutine.yield(a) a, b = b, a + b end
end)
local list = {}
for i = 1, 90 do list[i] = fib() end
print(list[90], utf8.char(228, 8364, 128512), utf8.len("äöü"))
local file = assert(io.open("lua.out", "w+"))
for i = 1, 1000 do file:write(i, "\n") end
print(file:seek("cur"), file:seek("set", 0), file:read("n"), file:read("l"), file:seek("end"))
file:close()
local count = 0
for line in io.lines("lua.out") do count = count + #line end
print(count, os.rename("lua.out", "lua.renamed"), os.remove("lua.renamed"), io.open("lua.out"))
print(os.getenv("NAME"), os.getenv("NO_SUCH_NAME"), os.date("!%Y-%m-%d", 86400 * 365))
print(pcall(error, "with a message", 0))
print(select(2, pcall(function() local t = nil; return t.x end)))
collectgarbage()
local big = {}
for i = 1, 200000 do big[i] = { i } end
big = nil
collectgarbage()
print(collectgarbage("count") < 5000)
print(io.read("l"), io.read("n"), io.read("a"))
io.stderr:write("to stderr\n")
os.exit(tonumber(arg[1]))

/* SPDX-License-Identifier: BSD-3-Clause */
/* What a C++ program leans on: unwinding, iostreams, containers, static constructors, RTTI. */
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Announcer {
    explicit Announcer(std::string name) : name_(std::move(name)) { std::cout << "+" << name_ << "\n"; }
    ~Announcer() { std::cout << "-" << name_ << "\n"; }
    Announcer(const Announcer &) = delete;
    Announcer &operator=(const Announcer &) = delete;

  private:
    std::string name_;
};

const Announcer global("static");

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};
struct Square : Shape {
    double side = 3;
    double area() const override { return side * side; }
};
struct Circle : Shape {
    double area() const override { return 3.14159265358979; }
};

int descend(int depth)
{
    Announcer here("depth " + std::to_string(depth));
    if (depth == 3)
        throw std::out_of_range("too deep");
    return descend(depth + 1) + 1;
}

void exceptions()
{
    try {
        descend(1);
    } catch (const std::exception &error) {
        std::cout << "caught: " << error.what() << "\n";
    }
    try {
        try {
            std::vector<int>().at(1);
        } catch (const std::out_of_range &) {
            std::throw_with_nested(std::runtime_error("outer"));
        }
    } catch (const std::exception &error) {
        std::cout << "nested in: " << error.what() << "\n";
    }
}

void containers()
{
    std::vector<int> numbers;
    for (int i = 0; i < 1000; i++)
        numbers.push_back((i * 7919) % 1000);
    std::sort(numbers.begin(), numbers.end());
    std::cout << "sorted: " << std::boolalpha << std::is_sorted(numbers.begin(), numbers.end()) << "\n";

    std::map<std::string, int> counts;
    std::istringstream words("the cat and the dog and the bird");
    for (std::string word; words >> word;)
        counts[word]++;
    for (const auto &[word, count] : counts)
        std::cout << word << "=" << count << " ";
    std::cout << "\n";
}

} // namespace

int main()
{
    exceptions();
    containers();

    std::vector<std::unique_ptr<Shape>> shapes;
    shapes.push_back(std::make_unique<Square>());
    shapes.push_back(std::make_unique<Circle>());
    for (const auto &shape : shapes)
        std::cout << std::fixed << std::setprecision(4) << shape->area() << " "
                  << (dynamic_cast<Square *>(shape.get()) != nullptr ? "square" : "other") << "\n";
    return 0;
}

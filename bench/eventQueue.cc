/*
 * The reference of bench/eventQueue.ts: gem5's algorithm for its event queue, with the checks of
 * its usual build. A sorted, singly linked list of bins; the events of a bin, which have the same
 * tick and priority, are a stack. What gem5 does besides and this does not: locking the queue.
 *
 *     eventQueue PATTERN PENDING EVENTS ROUNDS
 *
 * Prints the nanoseconds per event of each round. PATTERN is `hold` (every event schedules itself
 * again at a random distance), `clock` (all at the same distance) or `kinds` (as `hold`, with eight
 * classes of events).
 */
#include <cassert>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

using Tick = uint64_t;

static bool tracing = false;

class Event {
  public:
    explicit Event(int8_t priority) : priority(priority) {}
    virtual ~Event() = default;
    virtual void process() = 0;
    virtual void release() {}

    enum Flag : uint16_t { Squashed = 1, Scheduled = 2, Managed = 4, Exit = 16 };

    bool is(Flag flag) const { return flags & flag; }

    Event *nextBin = nullptr;
    Event *below = nullptr;
    Tick when = 0;
    int8_t priority;
    uint16_t flags = 0;
};

static bool earlier(const Event &a, const Event &b)
{
    return a.when < b.when || (a.when == b.when && a.priority < b.priority);
}

class EventQueue {
  public:
    Tick now = 0;

    void schedule(Event &event, Tick when)
    {
        assert(when >= now);
        assert(!event.is(Event::Scheduled));
        event.when = when;
        insert(event);
        event.flags |= Event::Scheduled;
        if (tracing)
            std::printf("scheduled\n");
    }

    __attribute__((noinline)) Event *serviceOne()
    {
        Event &event = *first;
        event.flags &= ~Event::Scheduled;
        if (event.below) {
            event.below->nextBin = event.nextBin;
            first = event.below;
        } else {
            first = event.nextBin;
        }
        if (event.is(Event::Squashed)) {
            event.flags &= ~Event::Squashed;
        } else {
            now = event.when;
            if (tracing)
                std::printf("executed\n");
            event.process();
            if (event.is(Event::Exit))
                return &event;
        }
        if (event.is(Event::Managed))
            event.release();
        return nullptr;
    }

  private:
    Event *first = nullptr;

    void insert(Event &event)
    {
        Event **link = &first;
        while (*link && earlier(**link, event))
            link = &(*link)->nextBin;
        Event *bin = *link;
        if (bin && !earlier(event, *bin)) {
            event.nextBin = bin->nextBin;
            event.below = bin;
        } else {
            event.nextBin = bin;
            event.below = nullptr;
        }
        *link = &event;
    }
};

static constexpr unsigned Distances = 4096;
static Tick distance[Distances];
static unsigned nextDistance = 0;

template <int Kind>
class Hold : public Event {
  public:
    explicit Hold(EventQueue &queue) : Event(0), queue(queue) {}

    void process() override
    {
        queue.schedule(*this, queue.now + distance[nextDistance]);
        nextDistance = (nextDistance + 1) % Distances;
    }

  private:
    EventQueue &queue;
};

template <int Kind>
static std::unique_ptr<Event> make(EventQueue &queue)
{
    return std::make_unique<Hold<Kind>>(queue);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    const bool clock = std::strcmp(argv[1], "clock") == 0;
    const bool kinds = std::strcmp(argv[1], "kinds") == 0;
    const long pending = std::atol(argv[2]);
    const long events = std::atol(argv[3]);
    const long rounds = std::atol(argv[4]);

    uint32_t random = 12345;
    for (Tick &d : distance) {
        random = random * 1664525u + 1013904223u;
        d = clock ? 1000 : (random >> 8) % 1000000 + 1;
    }

    using Maker = std::unique_ptr<Event> (*)(EventQueue &);
    const Maker makers[] = { make<0>, make<1>, make<2>, make<3>, make<4>, make<5>, make<6>, make<7> };
    EventQueue queue;
    std::vector<std::unique_ptr<Event>> all;
    for (long i = 0; i < pending; i++)
        all.push_back(makers[kinds ? i % 8 : 0](queue));
    // Latest first: each goes to the front of the list.
    for (long i = pending; i-- > 0;)
        queue.schedule(*all[i], clock ? 1000 : Tick(i) * 2000000 / pending);

    using Clock = std::chrono::steady_clock;
    for (long round = 0; round < rounds; round++) {
        const Clock::time_point start = Clock::now();
        for (long i = 0; i < events; i++)
            queue.serviceOne();
        const std::chrono::duration<double, std::nano> spent = Clock::now() - start;
        std::printf("%.3f\n", spent.count() / double(events));
    }
}

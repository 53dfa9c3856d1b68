import BeckonModel

/// Timers whose time has come, in the order (due, person): a sorted run, and a heap of what came up while it was fired.
final class DueTimers {
    typealias Entry = ScheduledTimers.Entry

    private var run: [Entry] = []
    private var next = 0
    private var heap: [Entry] = []

    var isEmpty: Bool { next == run.count && heap.isEmpty }
    var earliestMs: Milliseconds? {
        switch (next < run.count ? run[next].dueMs : nil, heap.first?.dueMs) {
        case (let first?, let second?): min(first, second)
        case (let first, let second): first ?? second
        }
    }

    /// Adds many in no order.
    /// - Complexity: O(n log n) of what is added, and one pass over what is still there.
    func add(_ entries: [Entry], _ precedes: (Entry, Entry) -> Bool) {
        if entries.isEmpty { return }
        let sorted = entries.sorted(by: precedes)
        if next == run.count {
            run = sorted
        } else {
            var merged: [Entry] = []
            merged.reserveCapacity(run.count - next + sorted.count)
            var at = 0
            while next < run.count || at < sorted.count {
                if at == sorted.count || (next < run.count && !precedes(sorted[at], run[next])) {
                    merged.append(run[next])
                    next += 1
                } else {
                    merged.append(sorted[at])
                    at += 1
                }
            }
            run = merged
        }
        next = 0
    }

    /// Adds one while others are being fired.
    func add(_ entry: Entry, _ precedes: (Entry, Entry) -> Bool) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, precedes(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    func first(_ precedes: (Entry, Entry) -> Bool) -> Entry? {
        guard next < run.count else { return heap.first }
        guard let other = heap.first else { return run[next] }
        return precedes(other, run[next]) ? other : run[next]
    }

    func removeFirst(_ precedes: (Entry, Entry) -> Bool) {
        if next < run.count, heap.isEmpty || !precedes(heap[0], run[next]) {
            next += 1
            if next == run.count {
                run.removeAll(keepingCapacity: run.capacity < 65_536)
                next = 0
            }
            return
        }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(heap[child], heap[least])
            { least = child }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

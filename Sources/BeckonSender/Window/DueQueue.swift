/// What waits for a time: the earliest first, of equal times the one that came first. A binary heap.
struct DueQueue<Element> {
    private var heap: [(due: Int64, order: UInt64, element: Element)] = []
    private var orderNext: UInt64 = 0

    var count: Int { heap.count }
    var earliestDue: Int64? { heap.first?.due }

    /// - Complexity: logarithmic.
    mutating func add(_ element: Element, due: Int64) {
        heap.append((due, orderNext, element))
        orderNext += 1
        var place = heap.count - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// The earliest, if it is due at `now`.
    /// - Complexity: logarithmic.
    mutating func next(dueAt now: Int64) -> Element? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == place { return first.element }
            heap.swapAt(place, least)
            place = least
        }
    }

    mutating func removeAll(where isGone: (Element) -> Bool) {
        let kept = heap.filter { !isGone($0.element) }
        heap = []
        for item in kept.sorted(by: { $0.order < $1.order }) { add(item.element, due: item.due) }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].due, heap[left].order) < (heap[right].due, heap[right].order)
    }
}

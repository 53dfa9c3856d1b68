import Testing

@testable import BeckonSender

@Suite struct `Due queue` {
    @Test func `gives the earliest first, and of equal ones the first that came`() {
        var random = SystemRandomNumberGenerator()
        var queue = DueQueue<Int>()
        let dues = (0..<500).map { _ in Int64.random(in: 0..<50, using: &random) }
        for (place, due) in dues.enumerated() { queue.add(place, due: due) }
        var found: [Int] = []
        while let next = queue.next(dueAt: 25) { found.append(next) }
        #expect(found == dues.indices.filter { dues[$0] <= 25 }.sorted { (dues[$0], $0) < (dues[$1], $1) })
        #expect(queue.earliestDue.map { $0 > 25 } ?? true)
        queue.removeAll { $0 % 2 == 0 }
        var rest: [Int] = []
        while let next = queue.next(dueAt: .max) { rest.append(next) }
        #expect(rest == dues.indices.filter { dues[$0] > 25 && $0 % 2 == 1 }.sorted { (dues[$0], $0) < (dues[$1], $1) })
    }
}

@Suite struct `Closed memory` {
    @Test func `forgets the oldest beyond its bound, and keeps the highest number`() {
        var memory = ClosedMemory()
        for number in 0...ClosedMemory.countMax { memory.note("\(number)", number: 1, isMoved: false) }
        #expect(memory.count == ClosedMemory.countMax)
        #expect(memory["0"] == nil && memory["1"] != nil && memory["\(ClosedMemory.countMax)"] != nil)
        memory.note("1", number: 3, isMoved: true)
        memory.note("1", number: 2, isMoved: false)
        #expect(memory["1"] == .init(number: 3, isMoved: true))
    }
}

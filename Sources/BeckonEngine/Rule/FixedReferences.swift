/// Objects that are read for every event. Reading one counts no references; an array would count its own and the object's,
/// atomically, each time.
///
/// A trivial value: the objects live as long as the `ProgramMemory` that placed them.
struct FixedReferences<Object: AnyObject>: @unchecked Sendable {  // never written after it was placed
    private let start: UnsafeMutablePointer<Unmanaged<Object>>?
    let count: Int

    /// None at all.
    init() {
        start = nil
        count = 0
    }

    fileprivate init(start: UnsafeMutablePointer<Unmanaged<Object>>, count: Int) {
        self.start = start
        self.count = count
    }

    var isEmpty: Bool { count == 0 }

    /// Hands an object to `body`, which must not keep it.
    @inline(__always)
    func with<Result>(_ index: Int, _ body: (Object) -> Result) -> Result {
        start.unsafelyUnwrapped[index]._withUnsafeGuaranteedRef(body)
    }

    @inline(__always)
    func visit(_ body: (Object) -> Void) {
        for index in 0..<count { with(index, body) }
    }

    @inline(__always)
    func contains(where isWanted: (Object) -> Bool) -> Bool {
        for index in 0..<count where with(index, isWanted) { return true }
        return false
    }

    /// For what is seldom done: an object that may be kept.
    subscript(index: Int) -> Object {
        precondition(index >= 0 && index < count)
        return start.unsafelyUnwrapped[index].takeUnretainedValue()
    }

    var all: [Object] { (0..<count).map { self[$0] } }
}

/// Owns what the lists of a program hold, until the program ends.
///
/// Safety of `@unchecked Sendable`: only `ProgramBuilder` adds to it, before anyone else sees it.
final class ProgramMemory: @unchecked Sendable {
    private var objects: [AnyObject] = []
    private var blocks: [UnsafeMutableRawPointer] = []

    func place<Object: AnyObject>(_ list: [Object]) -> FixedReferences<Object> {
        if list.isEmpty { return FixedReferences() }
        objects += list
        return FixedReferences(start: copy(list.map(Unmanaged.passUnretained)), count: list.count)
    }

    /// A list of trivial values.
    func place<Element: BitwiseCopyable>(_ list: [Element]) -> UnsafeBufferPointer<Element> {
        if list.isEmpty { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: copy(list), count: list.count)
    }

    private func copy<Element>(_ list: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: list.count)
        memory.initialize(from: list, count: list.count)
        blocks.append(UnsafeMutableRawPointer(memory))
        return memory
    }

    deinit { for block in blocks { block.deallocate() } }
}

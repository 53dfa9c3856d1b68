/// Memory of compiled expressions: code, constants and patterns live as long as the arena.
///
/// Compiled expressions hold bare pointers into it, so that evaluating one counts no references.
public final class ExpressionArena {
    private var blocks: [UnsafeMutableRawPointer] = []
    private var patterns: [Unmanaged<Pattern>] = []

    public init() {}

    deinit {
        for block in blocks { block.deallocate() }
        for pattern in patterns { pattern.release() }
    }

    /// Copies trivial elements to where they stay.
    func keep<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
        let start = reserve(Element.self, count: elements.count)
        start.initialize(from: elements, count: elements.count)
        return UnsafePointer(start)
    }

    /// Keeps a pattern as long as the code that has its address.
    func keep(_ pattern: Pattern) -> UnsafeRawPointer {
        let kept = Unmanaged.passRetained(pattern)
        patterns.append(kept)
        return UnsafeRawPointer(kept.toOpaque())
    }

    func reserve<Element: BitwiseCopyable>(_: Element.Type, count: Int) -> UnsafeMutablePointer<Element> {
        let bytes = max(1, count) * MemoryLayout<Element>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: MemoryLayout<Element>.alignment)
        blocks.append(block)
        return block.bindMemory(to: Element.self, capacity: max(1, count))
    }

    /// Gives the memory up for good: it lives as long as the process.
    fileprivate func forget() {
        blocks = []
        patterns = []
    }
}

extension Expression {
    /// Code for a table of slots: `slot` gives the place of each variable in it.
    ///
    /// The code lives as long as `arena`; without one, as long as the process, which suits what is compiled once.
    public func compiled(
        _ slot: (Variable) -> Int, in arena: ExpressionArena? = nil
    ) -> CompiledExpression {
        let memory = arena ?? ExpressionArena()
        defer { if arena == nil { memory.forget() } }
        var compiler = ExpressionCompiler(arena: memory, slots: variables.map { ($0, slot($0)) })
        return compiler.compile(root)
    }
}

import CRE2

/// A compiled regular expression of RE2: time linear in the text, memory bounded, whatever the pattern.
///
/// Safety of `@unchecked Sendable`: it never changes once compiled, and RE2 locks its own caches.
final class Pattern: @unchecked Sendable {
    /// Bytes of a pattern.
    static let textBytesMax = 4_096
    /// For the program and the automata; a pattern that needs more is refused.
    private static let memoryBytesMax: Int64 = 1 << 20
    /// Instructions of the program: bounds the steps a byte where the automaton does not fit.
    private static let sizeMax = 10_000

    /// As written.
    let text: [UInt8]
    private let handle: OpaquePointer

    private init(text: [UInt8], handle: OpaquePointer) {
        self.text = text
        self.handle = handle
    }

    deinit { beckon_pattern_destroy(handle) }

    struct Refusal: Error {
        let reason: String
    }

    /// - Throws: why the text is no pattern, in RE2's words.
    static func compile(_ text: UnsafeRawBufferPointer) -> Result<Pattern, Refusal> {
        guard text.count <= textBytesMax else {
            return .failure(Refusal(reason: "longer than \(textBytesMax) bytes"))
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 160) { error in
            error.initialize(repeating: 0)
            guard let reason = error.baseAddress else { return .failure(Refusal(reason: "no memory")) }
            let start = text.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) } ?? UnsafePointer(reason)
            guard let handle = beckon_pattern_compile(start, text.count, memoryBytesMax, reason, error.count) else {
                return .failure(Refusal(reason: String(cString: reason)))
            }
            let pattern = Pattern(text: Array(text), handle: handle)
            guard beckon_pattern_size(handle) <= sizeMax else {
                return .failure(Refusal(reason: "pattern too large - compile failed"))
            }
            return .success(pattern)
        }
    }

    /// Whether any part of the text matches.
    func matches(_ text: Bytes) -> Bool {
        beckon_pattern_matches(handle, text.start.assumingMemoryBound(to: CChar.self), text.count)
    }
}

/// Patterns that expressions compute, by their texts: the last few stay compiled. What it holds never shows in a result.
final class PatternCache {
    static let countMax = 32

    private struct Entry {
        let text: [UInt8]
        /// nil: the text is no pattern.
        let pattern: Pattern?
    }

    private var entries: [Entry] = []
    private var oldest = 0

    func pattern(_ text: Bytes) -> Pattern? {
        guard text.count <= Pattern.textBytesMax else { return nil }
        for entry in entries where entry.text.count == text.count && entry.text.elementsEqual(text.buffer) {
            return entry.pattern
        }
        let entry = Entry(text: Array(text.buffer), pattern: try? Pattern.compile(text.buffer).get())
        if entries.count < Self.countMax {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % Self.countMax
        }
        return entry.pattern
    }
}

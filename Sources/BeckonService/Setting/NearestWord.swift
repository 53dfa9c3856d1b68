/// Finds what a user probably meant.
public enum NearestWord {
    /// The candidate with the fewest edits from `word`, or nil when none is near enough to be meant.
    ///
    /// Letters' case does not count. At most a third of the word may differ, at least two letters.
    /// - Complexity: O(candidates × word length × candidate length).
    public static func to(_ word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased().utf8.prefix(128))
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = edits(wanted, Array(candidate.lowercased().utf8.prefix(128)))
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(2, wanted.count / 3), best.distance < wanted.count else { return nil }
        return best.word
    }

    /// " Did you mean …?" with a leading space, or nothing.
    public static func question(_ word: String, among candidates: some Sequence<String>) -> String {
        to(word, among: candidates).map { " Did you mean `\($0)`?" } ?? ""
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var distance = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    distance = min(distance, beforeLast[column - 1] + 1)
                }
                current.append(distance)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}

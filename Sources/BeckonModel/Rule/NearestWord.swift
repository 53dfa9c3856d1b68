/// Finds what somebody may have meant.
enum NearestWord {
    /// The first of the words with the smallest edit distance, if that is at most a third of the length (at least 1).
    ///
    /// Source: the restricted Damerau-Levenshtein distance: a swap of two neighbours counts as one.
    static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let letters = Array(word.utf8)
        guard letters.count <= 64 else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in words {
            let other = Array(candidate.utf8)
            let allowed = max(1, max(letters.count, other.count) / 3)
            guard abs(other.count - letters.count) <= allowed else { continue }
            let distance = distance(letters, other)
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in second.enumerated() {
                var cost = min(
                    previous[column] + (letter.foldedCase == other.foldedCase ? 0 : 1), previous[column + 1] + 1)
                cost = min(cost, current[column] + 1)
                if row > 0, column > 0, letter == second[column - 1], first[row - 1] == other {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[second.count]
    }
}

extension UInt8 {
    fileprivate var foldedCase: UInt8 { isLetter ? self | 0x20 : self }
}

extension String {
    /// The word that may have been meant; nil where none is near.
    package func nearestWord(among words: some Sequence<String>) -> String? {
        NearestWord.nearest(to: self, among: words)
    }
}

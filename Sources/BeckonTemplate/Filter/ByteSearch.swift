/// Finds one text in another in linear time, whatever both look like.
///
/// Source: Knuth, Morris and Pratt, "Fast pattern matching in strings".
struct ByteSearch {
    let pattern: [UInt8]
    /// Of the pattern up to each place: how long its longest end is that is also its beginning.
    private let overlaps: [Int]

    init(_ pattern: [UInt8]) {
        var overlaps = [Int](repeating: 0, count: pattern.count)
        var length = 0
        for place in pattern.indices.dropFirst() {
            while length > 0, pattern[place] != pattern[length] { length = overlaps[length - 1] }
            if pattern[place] == pattern[length] { length += 1 }
            overlaps[place] = length
        }
        self.pattern = pattern
        self.overlaps = overlaps
    }

    /// Where the first match begins, at or behind a place.
    func first(in text: [UInt8], from start: Int) -> Int? {
        if pattern.isEmpty { return start <= text.count ? start : nil }
        var length = 0
        var place = start
        while place < text.count {
            while length > 0, text[place] != pattern[length] { length = overlaps[length - 1] }
            if text[place] == pattern[length] { length += 1 }
            place += 1
            if length == pattern.count { return place - length }
        }
        return nil
    }

    /// Where the last match begins.
    func last(in text: [UInt8]) -> Int? {
        let mirrored = ByteSearch(pattern.reversed())
        return mirrored.first(in: text.reversed(), from: 0).map { text.count - $0 - pattern.count }
    }
}

extension [UInt8] {
    func firstPlace(of pattern: [UInt8], from start: Int) -> Int? { ByteSearch(pattern).first(in: self, from: start) }
}

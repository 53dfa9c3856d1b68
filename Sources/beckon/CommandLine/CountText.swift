/// A number with its noun: `1 event`, `2 events`.
enum CountText {
    /// - Parameter many: of other numbers than 1; the noun with an s unless given.
    static func text(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }
}

/// A record that could be read.
struct OracleEvent: Sendable {
    let person: [UInt8]
    /// Canonical.
    let name: String
    /// An `identify`, `group` or `alias` call.
    let isCall: Bool
    /// Clamped.
    let time: Int64
    /// `{"properties": …, "context": …, "traits": …}`, aliases resolved.
    let body: OracleJSON
    /// `topic-partition-offset`.
    let cause: String

    /// Made by the person herself.
    var isOwn: Bool { !isCall && body.value(at: ["context", "channel"]) != .string(Array("server".utf8)) }

    /// The text by which key parts compare; nil counts as missing.
    func keyPart(_ path: [String]) -> [UInt8]? {
        switch body.value(at: path) {
        case .string(let bytes): return bytes
        case .number(let text): return Array(text.utf8)
        case .bool(let value): return Array("\(value)".utf8)
        default: return nil
        }
    }
}

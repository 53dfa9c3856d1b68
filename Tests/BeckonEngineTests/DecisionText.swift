@testable import Oracle

/// What of a decision's JSON does not depend on how the steps are cut.
struct DecisionText {
    let rule: String
    let cutFree: String

    init(_ value: [UInt8]) throws {
        let json = try OracleJSONReader.read(value)
        func text(_ name: String) -> String { json[name]?.canonicalText ?? "" }
        guard case .string(let rule)? = json["rule"] else { throw OracleJSONReader.Failure.notJSON }
        self.rule = String(decoding: rule, as: UTF8.self)
        cutFree = ["type", "id", "dueAt", "data", "person", "key"].map(text).joined(separator: " ")
    }
}

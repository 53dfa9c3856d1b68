import BeckonModel

/// Writes one JSON object; members whose value is nil are left out.
struct JSONObject {
    private var writer = JSONWriter()
    private var isEmpty = true

    init() {
        // More than most records have.
        writer.reserve(512)
        writer.append(raw: "{")
    }

    mutating func add(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        begin(name)
        writer.append(string: text)
    }

    mutating func add(name: String, _ text: String) {
        beginMember()
        writer.append(string: name)
        writer.append(raw: ":")
        writer.append(string: text)
    }

    mutating func add(_ name: StaticString, _ number: Int?) {
        guard let number else { return }
        begin(name)
        writer.append(raw: String(number).utf8)
    }

    mutating func add(_ name: StaticString, _ flag: Bool?) {
        guard let flag else { return }
        begin(name)
        writer.append(raw: flag ? "true" : "false")
    }

    /// In the order of the names' bytes.
    mutating func add(_ name: StaticString, _ texts: [String: String]) {
        begin(name)
        writer.append(raw: "{")
        for (index, item) in texts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }).enumerated() {
            if index > 0 { writer.append(raw: ",") }
            writer.append(string: item.key)
            writer.append(raw: ":")
            writer.append(string: item.value)
        }
        writer.append(raw: "}")
    }

    /// JSON as it stands.
    mutating func add(_ name: StaticString, raw bytes: [UInt8]) {
        begin(name)
        writer.append(raw: bytes)
    }

    consuming func finish() -> [UInt8] {
        writer.append(raw: "}")
        return writer.bytes
    }

    private mutating func begin(_ name: StaticString) {
        beginMember()
        writer.append(raw: "\"")
        writer.append(raw: name)
        writer.append(raw: "\":")
    }

    private mutating func beginMember() {
        if !isEmpty { writer.append(raw: ",") }
        isEmpty = false
    }
}

import BeckonModel

/// Writes one JSON object; members whose value is nil are left out.
struct JSONObject {
    private var writer = JSONWriter()
    private var isEmpty = true

    init() { writer.append(raw: "{") }

    mutating func add(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        begin(name)
        writer.append(string: text)
    }

    mutating func add(name: String, _ text: String) {
        if !isEmpty { writer.append(raw: ",") }
        isEmpty = false
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
        var object = JSONWriter()
        object.append(raw: "{")
        for (index, item) in texts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }).enumerated() {
            if index > 0 { object.append(raw: ",") }
            object.append(string: item.key)
            object.append(raw: ":")
            object.append(string: item.value)
        }
        object.append(raw: "}")
        writer.append(raw: object.bytes)
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
        if !isEmpty { writer.append(raw: ",") }
        isEmpty = false
        writer.append(raw: "\"")
        writer.append(raw: name)
        writer.append(raw: "\":")
    }
}

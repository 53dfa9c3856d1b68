/// Everything that `identify` ever said of one person; a trait is worked out from the beginning each time.
struct OracleTraits {
    static let valueBytesMax = 512
    static let countMax = 64

    /// In the order of arrival: the traits, and when they were told.
    private var told: [(traits: OracleJSON, time: Int64)] = []
    /// By path: how many had come when the first rule read it.
    private var unread: [[String]: Int] = [:]

    mutating func begin(_ path: [String]) { unread[path] = told.count }

    mutating func add(_ event: OracleEvent) {
        guard event.name == "identify", let traits = event.body["traits"] else { return }
        told.append((traits, event.time))
    }

    /// nil: it is not known, or was taken away. Without names: all that is known.
    func value(at path: [String]) -> OracleJSON? {
        guard let name = path.first else { return all }
        var newest: (value: OracleJSON, time: Int64)?
        for (traits, time) in told.dropFirst(unread[path] ?? 0) {
            guard let trait = traits[name] else { continue }
            let value = trait.value(at: path.dropFirst()) ?? .null
            guard Self.isKept(value), newest.map({ time >= $0.time }) ?? true else { continue }
            newest = (value, time)
        }
        return newest?.value == .null ? nil : newest?.value
    }

    private var all: OracleJSON {
        var known: [[UInt8]: (value: OracleJSON, time: Int64)] = [:]
        for (traits, time) in told.dropFirst(unread[[]] ?? 0) {
            guard case .object(let members) = traits else { continue }
            for member in members where member.name.count <= 128 && Self.isKept(member.value) {
                if let before = known[member.name], before.time > time { continue }
                known[member.name] = (member.value, time)
            }
            while known.count > Self.countMax {
                let oldest = known.min {
                    $0.value.time != $1.value.time
                        ? $0.value.time < $1.value.time : $0.key.lexicographicallyPrecedes($1.key)
                }
                known[oldest!.key] = nil
            }
        }
        return .object(
            known.filter { $0.value.value != .null }.map { OracleJSON.Member(name: $0.key, value: $0.value.value) })
    }

    private static func isKept(_ value: OracleJSON) -> Bool {
        switch value {
        case .string(let bytes): return bytes.count <= valueBytesMax
        case .array, .object: return value.canonicalText.utf8.count <= valueBytesMax
        case .null, .bool, .number: return true
        }
    }
}

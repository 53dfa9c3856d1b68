/// Puts entries into reserved memory, and finds those whose key is there already.
struct MapBuilder {
    /// Key, value, key, value.
    private let entries: UnsafeMutablePointer<Value>
    private(set) var count = 0

    init(entries: UnsafeMutablePointer<Value>) {
        self.entries = entries
    }

    var map: Value { .map(ValueMap(start: entries, count: count)) }

    /// Puts a new key, or a new value to a key that is there. The failure, if any.
    mutating func set(_ key: Value, _ value: Value, scratch: inout EvaluationScratch) -> EvaluationError? {
        switch ValueMap(start: entries, count: count).place(of: key, scratch: &scratch) {
        case .failure(let error): return error
        case .success(let place?): entries[2 * place + 1] = value
        case .success(nil): append(key, value)
        }
        return nil
    }

    /// Puts a new key. The failure, if any, also when it is there or cannot be one.
    mutating func add(_ key: Value, _ value: Value, scratch: inout EvaluationScratch) -> EvaluationError? {
        guard key.isKey else { return .unsupportedKey }
        switch ValueMap(start: entries, count: count).place(of: key, scratch: &scratch) {
        case .failure(let error): return error
        case .success(_?): return .duplicateKey
        case .success(nil): append(key, value)
        }
        return nil
    }

    private mutating func append(_ key: Value, _ value: Value) {
        entries[2 * count] = key
        entries[2 * count + 1] = value
        count += 1
    }
}

extension ValueMap {
    /// Which entry has this key; numbers are the same by value across their types.
    func place(of key: Value, scratch: inout EvaluationScratch) -> Result<Int?, EvaluationError> {
        guard scratch.spend(bytes: count) else { return .failure(.stepsExceeded) }
        if case .string(let name) = key { return place(named: name, scratch: &scratch) }
        for index in 0..<count where Value.isSameKey(self.key(index), key) { return .success(index) }
        return .success(nil)
    }

    private func place(named name: Bytes, scratch: inout EvaluationScratch) -> Result<Int?, EvaluationError> {
        for index in 0..<count {
            guard case .string(let other) = key(index), other.count == name.count else { continue }
            guard scratch.spend(name.count / 16) else { return .failure(.stepsExceeded) }
            if other == name { return .success(index) }
        }
        return .success(nil)
    }
}

extension Value {
    var isKey: Bool {
        switch self {
        case .bool, .int, .uint, .string: true
        default: false
        }
    }

    /// For what is no text. Exactly, so that no two whole numbers are the same key.
    static func isSameKey(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.double(let first), .int(let second)), (.int(let second), .double(let first)):
            Int64(exactly: first) == second
        case (.double(let first), .uint(let second)), (.uint(let second), .double(let first)):
            UInt64(exactly: first) == second
        default: order(left, right).order == .equal
        }
    }
}

/// Lists and maps: elements, members, sizes, `in`.
extension Value {
    /// The elements as a list in memory of its own, or the first that is absent.
    static func list(of elements: UnsafePointer<Value>, count: Int, scratch: inout EvaluationScratch) -> Value {
        for index in 0..<count where elements[index].isAbsent { return elements[index] }
        guard let copy = scratch.reserveValues(count) else { return .failed(.memoryExceeded) }
        copy.initialize(from: elements, count: count)
        return .list(ValueList(start: copy, count: count))
    }

    /// The map of keys and values in turn, or the first that is absent.
    static func map(of elements: UnsafePointer<Value>, count: Int, scratch: inout EvaluationScratch) -> Value {
        for index in 0..<count where elements[index].isAbsent { return elements[index] }
        guard let entries = scratch.reserveValues(count) else { return .failed(.memoryExceeded) }
        var builder = MapBuilder(entries: entries)
        for index in 0..<count / 2 {
            let failure = builder.add(elements[2 * index], elements[2 * index + 1], scratch: &scratch)
            if let failure { return .failed(failure) }
        }
        return builder.map
    }

    /// `container[position]`.
    static func element(of container: Value, at position: Value, scratch: inout EvaluationScratch) -> Value {
        if case .json(let text) = container, case .string(let name) = position, text.isJSONObject {
            let value = member(of: text, named: name, scratch: &scratch)
            if case .missing = value { return .failed(.noSuchKey) }
            return value
        }
        switch container.opened(&scratch) {
        case .list(let list):
            switch position.listIndex {
            case .success(let index) where index >= 0 && index < list.count: return list.values[index]
            case .success: return .failed(.indexOutOfRange)
            case .failure(let error): return .failed(error)
            }
        case .map(let map):
            guard position.isKey || position.isDouble else { return .failed(.noSuchOverload) }
            switch map.place(of: position, scratch: &scratch) {
            case .success(let place?): return map.value(place)
            case .success(nil): return .failed(.noSuchKey)
            case .failure(let error): return .failed(error)
            }
        case .failed(let error): return .failed(error)
        default: return .failed(.noSuchOverload)
        }
    }

    /// `container.name`.
    static func member(of container: Value, named name: Value, scratch: inout EvaluationScratch) -> Value {
        switch container {
        case .map: element(of: container, at: name, scratch: &scratch)
        case .json(let text) where text.isJSONObject: element(of: container, at: name, scratch: &scratch)
        default: .failed(.noSuchOverload)
        }
    }

    private var isDouble: Bool { if case .double = self { true } else { false } }

    /// Whole numbers of any type are positions.
    private var listIndex: Result<Int, EvaluationError> {
        switch self {
        case .int(let value): .success(Int(value))
        case .uint(let value): .success(Int(clamping: value))
        case .double(let value):
            value.magnitude < 0x1p53 && value == Double(Int64(value))
                ? .success(Int(value)) : .failure(.indexOutOfRange)
        default: .failure(.noSuchOverload)
        }
    }

    /// Whether the map has the member; fails for what has no members.
    static func hasMember(_ container: Value, _ name: Value, scratch: inout EvaluationScratch) -> Value {
        guard case .string(let wanted) = name else { return .failed(.noSuchOverload) }
        switch container {
        case .json(let text) where text.isJSONObject:
            switch member(of: text, named: wanted, scratch: &scratch) {
            case .missing: return .bool(false)
            case .failed(let error): return .failed(error)
            default: return .bool(true)
            }
        case .map(let map): return contains(map, name, scratch: &scratch)
        default: return .failed(.noSuchOverload)
        }
    }

    private static func contains(_ map: ValueMap, _ key: Value, scratch: inout EvaluationScratch) -> Value {
        switch map.place(of: key, scratch: &scratch) {
        case .success(let place): .bool(place != nil)
        case .failure(let error): .failed(error)
        }
    }

    /// `in`.
    static func containment(of value: Value, in container: Value, scratch: inout EvaluationScratch) -> Value {
        switch container.opened(&scratch) {
        case .list(let list):
            guard scratch.spend(1 + list.count / 4) else { return .failed(.stepsExceeded) }
            for element in list.values {
                let result = equality(value, element, scratch: &scratch)
                if result.isTrue || result.isAbsent { return result }
            }
            return .bool(false)
        case .map(let map): return contains(map, value, scratch: &scratch)
        case .failed(let error): return .failed(error)
        default: return .failed(.noSuchOverload)
        }
    }

    /// Of a text its Unicode code points, of bytes their number, of a list its elements, of a map its entries.
    func size(_ scratch: inout EvaluationScratch) -> Value {
        switch self {
        case .string(let text):
            guard scratch.spend(bytes: text.count) else { return .failed(.stepsExceeded) }
            return .int(text.buffer.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) })
        case .bytes(let bytes): return .int(Int64(bytes.count))
        case .json:
            let opened = opened(&scratch)
            return opened.isAbsent ? opened : opened.size(&scratch)
        case .list(let list): return .int(Int64(list.count))
        case .map(let map): return .int(Int64(map.count))
        default: return .failed(.noSuchOverload)
        }
    }

    /// The elements of both, in memory of its own.
    static func joined(_ first: ValueList, _ second: ValueList, scratch: inout EvaluationScratch) -> Value {
        let count = first.count + second.count
        guard scratch.spend(count), let start = scratch.reserveValues(count) else { return .failed(.memoryExceeded) }
        if let values = first.start { start.initialize(from: values, count: first.count) }
        if let values = second.start { (start + first.count).initialize(from: values, count: second.count) }
        return .list(ValueList(start: start, count: count))
    }
}

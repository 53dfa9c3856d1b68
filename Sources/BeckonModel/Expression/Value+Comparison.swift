/// Equality and order, as CEL has them: numbers by value across their types, texts as bytes.
extension Value {
    enum Order { case less, equal, greater, unordered }

    /// An order, or none for values that have none.
    struct OrderResult {
        let order: Order?

        func map(_ body: (Order) -> Bool) -> Value {
            guard let order else { return .failed(.noSuchOverload) }
            return .bool(order != .unordered && body(order))
        }
    }

    /// Values within each other that equality looks into.
    private static let depthMax = 128

    /// A boolean; values of different types are not equal, but numbers are compared by value.
    static func equality(
        _ left: Value, _ right: Value, depth: Int = 0, scratch: inout EvaluationScratch
    ) -> Value {
        switch (left, right) {
        case (.string(let first), .string(let second)), (.bytes(let first), .bytes(let second)):
            guard scratch.spend(bytes: first.count) else { return .failed(.stepsExceeded) }
            return .bool(first == second)
        case (.null, .null): return .bool(true)
        case (.type(let first), .type(let second)): return .bool(first == second)
        case (.json, .json), (.json, .list), (.json, .map), (.list, .json), (.map, .json):
            let (first, second) = (left.opened(&scratch), right.opened(&scratch))
            if first.isAbsent { return first }
            if second.isAbsent { return second }
            return equality(first, second, depth: depth, scratch: &scratch)
        case (.list(let first), .list(let second)):
            guard depth < depthMax else { return .failed(.tooDeep) }
            return equality(first, second, depth: depth, scratch: &scratch)
        case (.map(let first), .map(let second)):
            guard depth < depthMax else { return .failed(.tooDeep) }
            return equality(first, second, depth: depth, scratch: &scratch)
        default: return .bool(order(left, right).order == .equal)
        }
    }

    private static func equality(
        _ left: ValueList, _ right: ValueList, depth: Int, scratch: inout EvaluationScratch
    ) -> Value {
        guard left.count == right.count else { return .bool(false) }
        guard scratch.spend(left.count) else { return .failed(.stepsExceeded) }
        for index in 0..<left.count {
            let result = equality(left.values[index], right.values[index], depth: depth + 1, scratch: &scratch)
            guard result.isTrue else { return result }
        }
        return .bool(true)
    }

    private static func equality(
        _ left: ValueMap, _ right: ValueMap, depth: Int, scratch: inout EvaluationScratch
    ) -> Value {
        guard left.count == right.count else { return .bool(false) }
        for index in 0..<left.count {
            switch right.place(of: left.key(index), scratch: &scratch) {
            case .failure(let error): return .failed(error)
            case .success(nil): return .bool(false)
            case .success(let place?):
                let result = equality(left.value(index), right.value(place), depth: depth + 1, scratch: &scratch)
                guard result.isTrue else { return result }
            }
        }
        return .bool(true)
    }

    /// Of texts and bytes within the bound of steps.
    static func comparison(
        _ left: Value, _ right: Value, scratch: inout EvaluationScratch, _ body: (Order) -> Bool
    ) -> Value {
        switch (left, right) {
        case (.string(let first), .string(let second)), (.bytes(let first), .bytes(let second)):
            guard scratch.spend(bytes: min(first.count, second.count)) else { return .failed(.stepsExceeded) }
            return .bool(body(first.order(second)))
        default: return order(left, right).map(body)
        }
    }

    static func order(_ left: Value, _ right: Value) -> OrderResult {
        let order: Order? =
            switch (left, right) {
            case (.double(let first), .double(let second)): Self.order(first, second)
            case (.int(let first), .int(let second)): Self.order(first, second)
            case (.uint(let first), .uint(let second)): Self.order(first, second)
            case (.int(let first), .double(let second)): Self.order(first, to: second)
            case (.uint(let first), .double(let second)): Self.order(first, to: second)
            case (.double(let first), .int(let second)): Self.order(second, to: first).reversed
            case (.double(let first), .uint(let second)): Self.order(second, to: first).reversed
            case (.int(let first), .uint(let second)): first < 0 ? .less : Self.order(UInt64(first), second)
            case (.uint(let first), .int(let second)): second < 0 ? .greater : Self.order(first, UInt64(second))
            case (.string(let first), .string(let second)), (.bytes(let first), .bytes(let second)):
                first.order(second)
            case (.bool(let first), .bool(let second)): Self.order(first ? 1 : 0, second ? 1 : 0)
            case (.duration(let first, let firstRest), .duration(let second, let secondRest)),
                (.timestamp(let first, let firstRest), .timestamp(let second, let secondRest)):
                first == second ? Self.order(firstRest, secondRest) : Self.order(first, second)
            default: nil
            }
        return OrderResult(order: order)
    }

    private static func order<Number: Comparable>(_ left: Number, _ right: Number) -> Order {
        left < right ? .less : left == right ? .equal : left > right ? .greater : .unordered
    }

    /// As the reference implementations do: beyond 2^53 a whole number is what the nearest double is.
    private static func order(_ left: Int64, to right: Double) -> Order {
        if right > 0x1p63 { return .less }
        if right < -0x1p63 { return .greater }
        return order(Double(left), right)
    }

    private static func order(_ left: UInt64, to right: Double) -> Order {
        if right > 0x1p64 { return .less }
        if right < 0 { return .greater }
        return order(Double(left), right)
    }
}

extension Value.Order {
    fileprivate var reversed: Value.Order {
        switch self {
        case .less: .greater
        case .greater: .less
        case .equal, .unordered: self
        }
    }
}

extension Bytes {
    /// Byte by byte, eight at a time.
    @inlinable static func == (left: Bytes, right: Bytes) -> Bool {
        guard left.count == right.count else { return false }
        var offset = 0
        while offset + 8 <= left.count {
            let first = left.start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let second = right.start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if first != second { return false }
            offset += 8
        }
        while offset < left.count {
            if left.start.load(fromByteOffset: offset, as: UInt8.self)
                != right.start.load(fromByteOffset: offset, as: UInt8.self)
            {
                return false
            }
            offset += 1
        }
        return true
    }

    func order(_ other: Bytes) -> Value.Order {
        let shared = min(count, other.count)
        for index in 0..<shared where buffer[index] != other.buffer[index] {
            return buffer[index] < other.buffer[index] ? .less : .greater
        }
        return count == other.count ? .equal : count < other.count ? .less : .greater
    }
}

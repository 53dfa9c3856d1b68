/// Arithmetic between numbers of one kind, and with durations. Whole numbers fail on overflow; doubles follow IEEE 754.
extension Value {
    static func sum(_ left: Value, _ right: Value, scratch: inout EvaluationScratch) -> Value {
        switch (left, right) {
        case (.int(let first), .int(let second)): checked(first.addingReportingOverflow(second))
        case (.uint(let first), .uint(let second)): checked(first.addingReportingOverflow(second))
        case (.double(let first), .double(let second)): .double(first + second)
        case (.string(let first), .string(let second)): joined(first, second, isText: true, scratch: &scratch)
        case (.bytes(let first), .bytes(let second)): joined(first, second, isText: false, scratch: &scratch)
        case (.list(let first), .list(let second)): joined(first, second, scratch: &scratch)
        case (.json, .json), (.json, .list), (.list, .json): joinedJSON(left, right, scratch: &scratch)
        case (.duration(let first, let firstRest), .duration(let second, let secondRest)):
            duration(first, second, firstRest, secondRest)
        case (.timestamp(let first, let firstRest), .duration(let second, let secondRest)),
            (.duration(let second, let secondRest), .timestamp(let first, let firstRest)):
            timestamp(first, second, firstRest, secondRest)
        default: .failed(.noSuchOverload)
        }
    }

    static func difference(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.int(let first), .int(let second)): checked(first.subtractingReportingOverflow(second))
        case (.uint(let first), .uint(let second)): checked(first.subtractingReportingOverflow(second))
        case (.double(let first), .double(let second)): .double(first - second)
        case (.duration(let first, let firstRest), .duration(let second, let secondRest)),
            (.timestamp(let first, let firstRest), .timestamp(let second, let secondRest)):
            duration(first, -second, firstRest, -secondRest)
        case (.timestamp(let first, let firstRest), .duration(let second, let secondRest)):
            timestamp(first, -second, firstRest, -secondRest)
        default: .failed(.noSuchOverload)
        }
    }

    static func product(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.int(let first), .int(let second)): checked(first.multipliedReportingOverflow(by: second))
        case (.uint(let first), .uint(let second)): checked(first.multipliedReportingOverflow(by: second))
        case (.double(let first), .double(let second)): .double(first * second)
        default: .failed(.noSuchOverload)
        }
    }

    static func quotient(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.int, .int(0)), (.uint, .uint(0)): .failed(.divisionByZero)
        case (.int(let first), .int(let second)): checked(first.dividedReportingOverflow(by: second))
        case (.uint(let first), .uint(let second)): .uint(first / second)
        case (.double(let first), .double(let second)): .double(first / second)
        default: .failed(.noSuchOverload)
        }
    }

    static func remainder(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.int, .int(0)), (.uint, .uint(0)): .failed(.divisionByZero)
        case (.int(let first), .int(let second)): checked(first.remainderReportingOverflow(dividingBy: second))
        case (.uint(let first), .uint(let second)): .uint(first % second)
        default: .failed(.noSuchOverload)
        }
    }

    var negatedNumber: Value {
        switch self {
        case .int(let value): Self.checked(Int64(0).subtractingReportingOverflow(value))
        case .double(let value): .double(-value)
        default: .failed(.noSuchOverload)
        }
    }

    private static func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Value {
        result.overflow ? .failed(.overflow) : .int(result.partialValue)
    }

    private static func checked(_ result: (partialValue: UInt64, overflow: Bool)) -> Value {
        result.overflow ? .failed(.overflow) : .uint(result.partialValue)
    }

    private static func duration(_ first: Int64, _ second: Int64, _ firstRest: Int32, _ secondRest: Int32) -> Value {
        ExactDuration(seconds: first + second, nanoseconds: Int64(firstRest) + Int64(secondRest)).map(Value.init)
            ?? .failed(.overflow)
    }

    private static func timestamp(_ first: Int64, _ second: Int64, _ firstRest: Int32, _ secondRest: Int32) -> Value {
        ExactTimestamp(seconds: first + second, nanoseconds: Int64(firstRest) + Int64(secondRest)).map(Value.init)
            ?? .failed(.overflow)
    }

    private static func joinedJSON(_ left: Value, _ right: Value, scratch: inout EvaluationScratch) -> Value {
        switch (left.opened(&scratch), right.opened(&scratch)) {
        case (.list(let first), .list(let second)): joined(first, second, scratch: &scratch)
        case (.failed(let error), _), (_, .failed(let error)): .failed(error)
        default: .failed(.noSuchOverload)
        }
    }

    private static func joined(
        _ first: Bytes, _ second: Bytes, isText: Bool, scratch: inout EvaluationScratch
    ) -> Value {
        let count = first.count + second.count
        guard scratch.spend(bytes: count) else { return .failed(.stepsExceeded) }
        guard let start = scratch.reserve(count) else { return .failed(.memoryExceeded) }
        start.copyMemory(from: first.start, byteCount: first.count)
        (start + first.count).copyMemory(from: second.start, byteCount: second.count)
        let bytes = Bytes(start: UnsafeRawPointer(start), count: count)
        return isText ? .string(bytes) : .bytes(bytes)
    }
}

extension Value {
    init(_ duration: ExactDuration) {
        self = .duration(seconds: duration.seconds, nanoseconds: duration.nanoseconds)
    }

    init(_ timestamp: ExactTimestamp) {
        self = .timestamp(seconds: timestamp.seconds, nanoseconds: timestamp.nanoseconds)
    }
}

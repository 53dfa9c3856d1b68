/// A number in a calculation. Whole numbers stay whole; with a decimal in it, everything is decimal.
enum TemplateNumber {
    case integer(Int)
    case decimal(ExactDecimal)

    var exact: ExactDecimal {
        switch self {
        case .integer(let number): ExactDecimal(digits: Int128(number), exponent: 0)
        case .decimal(let number): number
        }
    }

    func value() throws(RenderFailure) -> TemplateValue {
        switch self {
        case .integer(let number): return .integer(number)
        case .decimal(let number):
            let double = number.double
            guard double.isFinite else { throw .tooLarge }
            return .decimal(double)
        }
    }
}

// MARK: Arithmetic

extension TemplateNumber {
    private typealias Report = (partialValue: Int, overflow: Bool)

    private static func whole(_ report: Report) throws(RenderFailure) -> TemplateNumber {
        if report.overflow { throw .tooLarge }
        return .integer(report.partialValue)
    }

    static func sum(_ left: TemplateNumber, _ right: TemplateNumber) throws(RenderFailure) -> TemplateNumber {
        if case .integer(let first) = left, case .integer(let second) = right {
            return try whole(first.addingReportingOverflow(second))
        }
        return .decimal(left.exact + right.exact)
    }

    static func difference(_ left: TemplateNumber, _ right: TemplateNumber) throws(RenderFailure) -> TemplateNumber {
        if case .integer(let first) = left, case .integer(let second) = right {
            return try whole(first.subtractingReportingOverflow(second))
        }
        return .decimal(left.exact + -right.exact)
    }

    static func product(_ left: TemplateNumber, _ right: TemplateNumber) throws(RenderFailure) -> TemplateNumber {
        if case .integer(let first) = left, case .integer(let second) = right {
            return try whole(first.multipliedReportingOverflow(by: second))
        }
        return .decimal(left.exact * right.exact)
    }

    /// Of whole numbers the quotient is whole, rounded down.
    static func quotient(_ left: TemplateNumber, _ right: TemplateNumber) throws(RenderFailure) -> TemplateNumber {
        if right.exact.digits == 0 { throw .dividedByZero }
        if case .integer(let first) = left, case .integer(let second) = right {
            let report = first.dividedReportingOverflow(by: second)
            if report.overflow { throw .tooLarge }
            let isRoundedUp = first % second != 0 && (first < 0) != (second < 0)
            return .integer(report.partialValue - (isRoundedUp ? 1 : 0))
        }
        return .decimal(left.exact / right.exact)
    }

    /// With the sign of the divisor.
    static func rest(_ left: TemplateNumber, _ right: TemplateNumber) throws(RenderFailure) -> TemplateNumber {
        if right.exact.digits == 0 { throw .dividedByZero }
        if case .integer(let first) = left, case .integer(let second) = right {
            let rest = first.remainderReportingOverflow(dividingBy: second).partialValue
            return .integer(rest != 0 && (rest < 0) != (second < 0) ? rest + second : rest)
        }
        return .decimal(left.exact % right.exact)
    }

    static func isLess(_ left: TemplateNumber, _ right: TemplateNumber) -> Bool {
        if case .integer(let first) = left, case .integer(let second) = right { return first < second }
        return left.exact < right.exact
    }
}

// MARK: Numbers in values

extension TemplateValue {
    /// What filters calculate with: of a text its number, or the whole number at its beginning; 0 for all else.
    func number() throws(RenderFailure) -> TemplateNumber {
        switch self {
        case .integer(let number): return .integer(number)
        case .decimal(let number):
            guard let exact = ExactDecimal(number) else { throw .notFinite }
            return .decimal(exact)
        case .string(let text), .markup(let text): return try Self.number(text)
        default: return .integer(0)
        }
    }

    private static func number(_ text: String) throws(RenderFailure) -> TemplateNumber {
        let trimmed = text.strippedOfBlanks
        let unsigned = trimmed.utf8.first == UInt8(ascii: "-") ? trimmed.dropFirst() : trimmed
        let parts = unsigned.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isDigitByte) }),
            let decimal = ExactDecimal(text: String(trimmed))
        {
            return .decimal(decimal)
        }
        return .integer(try leadingInteger(text))
    }

    /// `12 apples` is 12, `apples` is 0.
    private static func leadingInteger(_ text: String) throws(RenderFailure) -> Int {
        let bytes = text.strippedOfBlanks.utf8
        let sign = bytes.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true ? 1 : 0
        let digits = bytes.dropFirst(sign).prefix(while: \.isDigitByte)
        if digits.isEmpty { return 0 }
        guard let number = Int(String(Substring(bytes.prefix(sign))) + String(Substring(digits))) else {
            throw .tooLarge
        }
        return number
    }

    /// Of a whole number, or of a text that is one; nil for all else.
    var wholeNumber: Int? {
        switch self {
        case .integer(let number): number
        case .string(let text), .markup(let text): Int(String(text.strippedOfBlanks))
        default: nil
        }
    }

    /// The end of a range: nil is 0, of a text counts the whole number at its beginning; nil for what is none.
    var rangeEnd: Int? {
        switch self {
        case .nil: 0
        case .string(let text), .markup(let text): try? Self.leadingInteger(text)
        default: wholeNumber
        }
    }
}

extension String {
    /// Without white space and null bytes around it.
    var strippedOfBlanks: Substring { Substring(self).strippedAtStart.strippedAtEnd }
}

extension Substring {
    var strippedAtStart: Substring { Substring(utf8.drop { $0.isBlankByte || $0 == 0 }) }

    var strippedAtEnd: Substring {
        var bytes = utf8
        while let last = bytes.last, last.isBlankByte || last == 0 { bytes = bytes.dropLast() }
        return Substring(bytes)
    }
}

extension RenderFailure {
    fileprivate static let dividedByZero = RenderFailure.value("divided by 0")
    static let tooLarge = RenderFailure.value("the result is beyond 64 bits: calculate with decimals, such as 1.0")
    static let notFinite = RenderFailure.value("the number is infinite or none")
}

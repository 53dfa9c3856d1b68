/// Filters that calculate.
extension TemplateFilter {
    static let numberFilters: [TemplateFilter] = [
        TemplateFilter("abs") { call throws(RenderFailure) in
            switch try call.input.number() {
            case .integer(let number):
                guard number != .min else { throw .tooLarge }
                return .integer(abs(number))
            case .decimal(let number): return try TemplateNumber.decimal(number.isNegative ? -number : number).value()
            }
        },
        TemplateFilter("plus", 1...1) { call throws(RenderFailure) in
            try TemplateNumber.sum(call.input.number(), call.arguments[0].number()).value()
        },
        TemplateFilter("minus", 1...1) { call throws(RenderFailure) in
            try TemplateNumber.difference(call.input.number(), call.arguments[0].number()).value()
        },
        TemplateFilter("times", 1...1) { call throws(RenderFailure) in
            try TemplateNumber.product(call.input.number(), call.arguments[0].number()).value()
        },
        TemplateFilter("divided_by", 1...1) { call throws(RenderFailure) in
            try TemplateNumber.quotient(call.input.number(), call.arguments[0].number()).value()
        },
        TemplateFilter("modulo", 1...1) { call throws(RenderFailure) in
            try TemplateNumber.rest(call.input.number(), call.arguments[0].number()).value()
        },
        TemplateFilter("ceil") { call throws(RenderFailure) in try whole(call.input.number(), .up) },
        TemplateFilter("floor") { call throws(RenderFailure) in try whole(call.input.number(), .down) },
        TemplateFilter("round", 0...1) { call throws(RenderFailure) in try rounded(&call) },
        TemplateFilter("at_least", 1...1) { call throws(RenderFailure) in
            let (number, bound) = (try call.input.number(), try call.arguments[0].number())
            return try (TemplateNumber.isLess(number, bound) ? bound : number).value()
        },
        TemplateFilter("at_most", 1...1) { call throws(RenderFailure) in
            let (number, bound) = (try call.input.number(), try call.arguments[0].number())
            return try (TemplateNumber.isLess(bound, number) ? bound : number).value()
        },
        TemplateFilter("money", 0...1, keywords: ["locale"]) { call throws(RenderFailure) in
            let currency = try call.argument(0).map { value throws(RenderFailure) in try call.text(value) }
            let locale = try call.keyword("locale").map { value throws(RenderFailure) in try call.text(value) }
            return .string(
                MoneyText.text(try call.input.number().exact, currency: currency ?? "", locale: locale ?? ""))
        },
    ]

    private static func whole(
        _ number: TemplateNumber, _ rounding: ExactDecimal.Rounding
    ) throws(RenderFailure) -> TemplateValue {
        guard case .decimal(let decimal) = number else { return try number.value() }
        guard let whole = decimal.rounded(rounding).integer else { throw .tooLarge }
        return .integer(whole)
    }

    /// Without places behind the point, and of whole numbers, the result is whole.
    private static func rounded(_ call: inout FilterCall) throws(RenderFailure) -> TemplateValue {
        let number = try call.input.number()
        guard let wanted = try (call.argument(0) ?? .integer(0)).number().exact.integer else { throw .tooLarge }
        // No number has more.
        let places = min(max(wanted, -400), 400)
        switch number {
        case .integer(let whole):
            if places >= 0 { return .integer(whole) }
            guard let result = number.exact.rounded(.half, places: places).integer else { throw .tooLarge }
            return .integer(result)
        case .decimal(let decimal):
            let result = decimal.rounded(.half, places: places)
            if places > 0 { return try TemplateNumber.decimal(result).value() }
            guard let whole = result.integer else { throw .tooLarge }
            return .integer(whole)
        }
    }
}

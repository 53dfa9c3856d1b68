/// What sources call the same events and properties.
enum OracleAliases {
    static func canonical(_ name: String) -> String { names[name] ?? name }

    /// The event's properties with those added that other names hold; what is there stays.
    static func properties(of event: String, _ properties: OracleJSON, context: OracleJSON?) -> OracleJSON {
        guard case .object(var members) = properties else { return properties }
        func add(_ name: String, _ value: OracleJSON?) {
            guard let value, properties[name] == nil else { return }
            members.append(OracleJSON.Member(name: Array(name.utf8), value: value))
        }
        switch event {
        case "add_to_cart", "remove_from_cart", "product_viewed":
            add("product_id", properties["item_id"])
            add("name", properties["item_name"])
            add("value", product(properties["price"], properties["quantity"]))
        case "order_completed":
            add("order_id", properties["transaction_id"])
            add("total", properties["revenue"] ?? properties["value"])
        case "page_viewed":
            add("path", context?.value(at: ["page", "path"]) ?? path(ofLocation: properties["page_location"]))
        default: break
        }
        return .object(members)
    }

    private static func product(_ price: OracleJSON?, _ quantity: OracleJSON?) -> OracleJSON? {
        guard case .number(let price) = price, case .number(let quantity) = quantity ?? .number("1") else { return nil }
        return OracleDecimal.product(price, quantity).map(OracleJSON.number)
    }

    /// `https://shop.example/pricing?x=1` has the path `/pricing`.
    private static func path(ofLocation location: OracleJSON?) -> OracleJSON? {
        guard case .string(let bytes) = location else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let afterScheme = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
        let path = afterScheme.prefix { $0 != "?" && $0 != "#" }.drop { $0 != "/" }
        return .string(Array((path.isEmpty ? "/" : path).utf8))
    }

    private static let names = [
        "Product Added": "add_to_cart",
        "Product Removed": "remove_from_cart",
        "Product Viewed": "product_viewed", "view_item": "product_viewed",
        "Checkout Started": "checkout_initiated", "begin_checkout": "checkout_initiated",
        "Order Completed": "order_completed", "purchase": "order_completed",
        "Page Viewed": "page_viewed", "page_view": "page_viewed", "pageView": "page_viewed",
        "Signed Up": "signed_up", "sign_up": "signed_up",
        "Signed In": "login",
        "Trial Started": "trial_started",
        "Trial Ended": "trial_completed",
    ]
}

import BeckonModel

/// Writes a person's events in the collector's shape, which is Segment's.
struct ShopEventText {
    let person: String

    func event(_ event: ShopEvent) -> PlayedEvent {
        var json = JSONWriter()
        json.append(raw: #"{"userId":"#)
        json.append(string: person)
        json.append(raw: #","timestamp":"#)
        json.append(string: Timestamp.text(event.atMs))
        append(event, to: &json)
        json.append(raw: #","context":{"channel":"browser","session":"#)
        json.append(string: "session-\(person)-\(event.visit)")
        json.append(raw: "}}")
        return PlayedEvent(timeMs: event.atMs, person: Array(person.utf8), value: json.bytes)
    }

    private func append(_ event: ShopEvent, to json: inout JSONWriter) {
        switch event.deed {
        case .did(let name): track(name, to: &json) { _ in }
        case .page(let path):
            json.append(raw: #","type":"page","properties":{"path":"#)
            json.append(string: path)
            json.append(raw: "}")
        case .viewed(let product): track("Product Viewed", to: &json) { append(product, to: &$0) }
        case .added(let product):
            track("Product Added", to: &json) { json in
                append(cart: event.visit, to: &json)
                json.append(raw: ",")
                append(product, to: &json)
                json.append(raw: #","quantity":1"#)
            }
        case .checkedOut(let cents):
            track("Checkout Started", to: &json) { json in
                append(cart: event.visit, to: &json)
                json.append(raw: #","value":"#)
                append(cents: cents, to: &json)
            }
        case .ordered(let cents):
            track("Order Completed", to: &json) { json in
                json.append(raw: #""order_id":"#)
                json.append(string: "order-\(person)-\(event.visit)")
                json.append(raw: #","total":"#)
                append(cents: cents, to: &json)
            }
        case .answered(let isYes):
            track("survey_answered", to: &json) { json in
                json.append(raw: #""survey":"helpful","answer":"#)
                json.append(string: isYes ? "yes" : "no")
            }
        case .tutorialStep(let number):
            track("tutorial_step_completed", to: &json) { $0.append(raw: "\"step\":\(number)".utf8) }
        case .introduced(let teamSize):
            json.append(raw: #","type":"identify","traits":{"first_name":"#)
            json.append(string: firstName)
            json.append(raw: #","email":"#)
            json.append(string: "\(person)@example.com")
            json.append(raw: ",\"team_size\":\(teamSize)}".utf8)
        }
    }

    /// `ada-1` is Ada.
    private var firstName: String { person.prefix(1).uppercased() + person.dropFirst().prefix { $0 != "-" } }

    private func track(_ name: String, to json: inout JSONWriter, _ properties: (inout JSONWriter) -> Void) {
        json.append(raw: #","type":"track","event":"#)
        json.append(string: name)
        json.append(raw: #","properties":{"#)
        properties(&json)
        json.append(raw: "}")
    }

    private func append(cart: Int64, to json: inout JSONWriter) {
        json.append(raw: #""cart_id":"#)
        json.append(string: "cart-\(person)-\(cart)")
    }

    private func append(_ product: ShopNames.Product, to json: inout JSONWriter) {
        json.append(raw: #""product_id":"#)
        json.append(string: product.id)
        json.append(raw: #","name":"#)
        json.append(string: product.name)
        json.append(raw: #","price":"#)
        append(cents: product.cents, to: &json)
    }

    /// `14.90`: exact, without floating point.
    private func append(cents: Int64, to json: inout JSONWriter) {
        json.append(raw: "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)".utf8)
    }
}

import BeckonModel

/// Events of a shop, 406 bytes of JSON each, the same for the same index: a tenth of them put something into a cart.
struct ShopWorkload {
    let peopleCount: Int
    let startMs: Int64
    /// Event time between two events.
    let stepMicroseconds: Int64

    static let bytes = 406

    /// splitmix64: every index has its own numbers.
    private static func random(_ index: Int, _ salt: UInt64) -> UInt64 {
        var z = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 &+ salt &* 0xD1B5_4A32_D192_ED03
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    func timestampMs(_ index: Int) -> Int64 { startMs + Int64(index) * stepMicroseconds / 1000 }

    func person(_ index: Int) -> String {
        let number = Int(Self.random(index, 1) % UInt64(peopleCount))
        let digits = String(number)
        return "user-" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    func event(_ index: Int, person: String) -> String {
        let dice = Self.random(index, 2) % 1000
        let product = Self.random(index, 3) % 5000
        let price = Double(Self.random(index, 4) % 20_000) / 100
        let name: String
        let properties: String
        switch dice {
        case 0..<550:
            name = "page_viewed"
            let path = ["/", "/category/shoes", "/category/bags", "/search", "/pricing", "/about"][Int(product % 6)]
            properties = #""path":"\#(path)","title":"Shop""#
        case 550..<820:
            name = "product_viewed"
            properties = #""product_id":"p\#(product)","price":\#(price)"#
        case 820..<920:
            name = "add_to_cart"
            properties =
                #""cart_id":"c\#(Self.random(index, 1) % 1000)","product_id":"p\#(product)","price":\#(price),"quantity":\#(1 + product % 3)"#
        case 920..<960:
            name = "checkout_initiated"
            properties = #""value":\#(price)"#
        case 960..<990:
            name = "order_completed"
            properties = #""order_id":"o\#(index)","total":\#(price * 3),"currency":"EUR""#
        default:
            name = "login"
            properties = #""method":"password""#
        }
        let head =
            #"{"type":"track","event":"\#(name)","messageId":"m-\#(index)","userId":"\#(person)","timestamp":"\#(Self.text(timestampMs(index)))","properties":{\#(properties)},"context":{"channel":"browser","locale":"de-DE","ip":"192.0.2.17","library":{"name":"analytics.js","version":"2.1.0"},"userAgent":""#
        let agent =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 padding padding padding"
        let tail = "\"}}"
        let room = max(0, Self.bytes - head.utf8.count - tail.utf8.count)
        return head + String(agent.prefix(room)) + String(repeating: "x", count: max(0, room - agent.utf8.count)) + tail
    }

    static func text(_ ms: Int64) -> String { Timestamp.text(ms) }
}

import BeckonModel
import Oracle

/// A shop's events from memory: 406 bytes of JSON each, from people chosen at random.
struct ShopWorkload: ~Copyable {
    static let eventBytes = 406
    /// How many of the events are `page_viewed`: half, less those that rare ones take the place of (`next`).
    static let pageViewedShare = 0.5 * (1 - 6.0 / 200)
    static let rules = """
        folds:
          orders: { count: order_completed }
          spent: { sum: properties.total, of: order_completed }
        ---
        id: cart-abandonment
        key: [user, properties.cart_id]
        when: { event: add_to_cart, absent: { event: [checkout_initiated, order_completed], within: 15m, reset: onEach } }
        collect: { value: sum(properties.value), product: last(properties.product_id) }
        if: instance.value > 50.0
        data: { value: instance.value, product: instance.product }
        send: { channels: [push, email], template: cart-reminder }
        ---
        id: inactive-7d
        when: { inactive: { for: 7d } }
        send: { channels: [push, email], template: come-back }
        ---
        id: pricing
        when: { event: page_viewed, where: 'properties.path == "/pricing" && orders < 1' }
        send: { channels: [email], template: pricing-help }
        ---
        id: survey
        when: { event: order_completed, where: 'spent > 500.0' }
        expires: 2m
        send: { channels: [in-app], template: survey }
        ---
        id: onboarding
        when: { event: signed_up, absent: { event: order_completed, within: 48h } }
        send: { channels: [email], template: onboarding }
        """

    private let memory: UnsafeMutableRawPointer
    private let records: UnsafeMutablePointer<InputRecord>
    private var random = SplitMix64(seed: 1)
    private var templates: [[[UInt8]]] = []
    private let people: UInt64
    private static let recordBytes = 512
    private static let keyBytes = 12

    init(people: Int, batchMax: Int) {
        self.people = UInt64(people)
        memory = .allocate(byteCount: batchMax * Self.recordBytes + 64, alignment: 64)
        records = .allocate(capacity: batchMax)
        templates = [
            ("page_viewed", #""path":"/product/4711","title":"A very nice thing""#),
            ("product_viewed", #""product_id":"p4711","price":19.90,"category":"things""#),
            ("search", #""query":"nice things","results":17"#),
            ("add_to_cart", #""cart_id":"c1","product_id":"p4711","price":19.90,"quantity":2"#),
            ("page_viewed", #""path":"/pricing","title":"What it costs""#),
            ("order_completed", #""order_id":"o815","total":119.80,"currency":"EUR""#),
            ("signed_up", #""plan":"free","source":"ad""#),
        ].map { Self.template($0.0, $0.1) }
    }

    deinit {
        memory.deallocate()
        records.deallocate()
    }

    /// The text before and behind the place of the timestamp.
    private static func template(_ name: String, _ properties: String) -> [[UInt8]] {
        let before =
            #"{"type":"track","event":"\#(name)","messageId":"0b5c2f6e-5c1d-4a55-8f3e-2f1a9d7c4e10","timestamp":""#
        let behind =
            #"","properties":{\#(properties)},"context":{"ip":"203.0.113.7","locale":"de-DE","library":{"name":"analytics.js","version":"4.1.0"},"userAgent":""#
        let padding = eventBytes - before.utf8.count - 24 - behind.utf8.count - 3
        precondition(padding >= 0)
        return [
            Array(before.utf8),
            Array(behind.utf8) + [UInt8](repeating: UInt8(ascii: "M"), count: padding) + Array("\"}}".utf8),
        ]
    }

    /// The next events, a tenth of them `add_to_cart`.
    mutating func next(_ count: Int, from offset: Int64, atMs: Int64, stepMicroseconds: Int64) -> UnsafeBufferPointer<
        InputRecord
    > {
        var time = ByteBuffer(capacity: 32)
        for index in 0..<count {
            let draw = random.next()
            let kind = [0, 0, 0, 0, 0, 1, 1, 1, 2, 3][Int(draw % 10)]
            let rare = draw >> 32 % 200
            let template = templates[kind == 0 && rare < 8 ? (rare < 4 ? 5 : rare < 6 ? 4 : 6) : kind]
            let instantMs = atMs + Int64(index) * stepMicroseconds / 1_000
            time.removeAll()
            Timestamp.append(instantMs, to: &time)
            let start = memory + index * Self.recordBytes
            write(random.next() % people, to: start)
            var end = start + 16
            for part in [template[0], time.bytes, template[1]] {
                part.withUnsafeBytes { end.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
                end += part.count
            }
            records[index] = InputRecord(
                value: UnsafeRawPointer(start + 16), valueCount: Int32(end - start - 16), key: UnsafeRawPointer(start),
                keyCount: Int32(Self.keyBytes), offset: offset + Int64(index), timestampMs: instantMs)
        }
        return UnsafeBufferPointer(start: records, count: count)
    }

    /// `user-0123456`: an id of 12 bytes.
    private func write(_ person: UInt64, to start: UnsafeMutableRawPointer) {
        var rest = person
        for place in stride(from: Self.keyBytes - 1, through: 5, by: -1) {
            start.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        start.copyMemory(from: ("user-" as StaticString).utf8Start, byteCount: 5)
    }
}

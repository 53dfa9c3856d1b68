@testable import BeckonSender

/// Records of the decisions topic for tests, as the engine writes them.
enum DecisionTexts {
    static let dueAt = "2026-11-24T16:15:00.000Z"
    static let dueAtMs: Int64 = 1_795_536_900_000

    static func decision(
        _ id: String, person: String = "ann", mode: String = "live", expiresAt: String = "2026-11-25T16:15:00.000Z",
        channel: String = "push", rule: String = "cart", template: String = "cart-reminder",
        data: String = #"{"value":12345678901234567890.10,"text":"a,\"}b"}"#
    ) -> String {
        """
        {"type":"decision","id":"\(id)","rule":"\(rule)","version":"0123456789ab","person":"\(person)",\
        "key":{"cart_id":"c1"},"cause":"timer","dueAt":"\(dueAt)","decidedAt":"2026-11-24T16:15:00.010Z",\
        "eventAt":"2026-11-24T16:00:00.000Z","expiresAt":"\(expiresAt)","class":"marketing","channel":"\(channel)",\
        "template":"\(template)","data":\(data),"reason":"Left a cart",\
        "mode":"\(mode)"}
        """
    }

    static func cancel(_ id: String, person: String = "ann") -> String {
        """
        {"type":"cancel","id":"\(id)","rule":"cart","version":"0123456789ab","person":"\(person)","key":{},\
        "cause":"events-0-7","decidedAt":"2026-11-24T16:16:00.000Z","eventAt":"2026-11-24T16:14:00.000Z",\
        "reason":"recalled"}
        """
    }

    static func read(_ text: String) throws(DecisionRecordError) -> DecisionRecord {
        let result = Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(DecisionRecordError) in try DecisionRecord.read(bytes) }
        }
        return try result.get()
    }
}

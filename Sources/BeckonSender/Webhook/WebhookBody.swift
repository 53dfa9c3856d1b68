import BeckonModel
import BeckonTemplate

/// What a webhook carries.
enum WebhookBody {
    /// A part `webhook` says it itself. Else it is the decision's JSON as it stands on the log; with the part of another channel, such as a gateway's for SMS, its
    /// fields stand in it as the member `content`.
    /// - Throws: why a part's body is none.
    static func bytes(of content: DeliveryContent) throws(MessageProblem) -> [UInt8] {
        guard let part = content.part else { return content.record }
        if part.channel == "webhook", let body = part["body"] {
            // A value that was written without `json` shows as soon as it has a quote in it.
            guard JSONValue.read(body.utf8) != nil else {
                throw MessageProblem(
                    code: "notJSON",
                    detail:
                        "the body is no JSON, or nested deeper than \(JSONValue.depthMax): write values with `| json`")
            }
            return Array(body.utf8)
        }
        // The record is an object: it was read as one. Of a name that stands twice the last one counts.
        guard let end = content.record.lastIndex(of: UInt8(ascii: "}")) else { return content.record }
        var fields = JSONObject()
        for field in part.fields { fields.add(name: field.name, field.text) }
        return content.record[..<end] + Array(",\"content\":".utf8) + fields.finish() + [UInt8(ascii: "}")]
    }
}

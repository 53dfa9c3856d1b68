/// The channels that messages have parts for, and the fields of each: what reading, errors and the schema derive from.
extension FieldSet {
    static let message = FieldSet(
        owner: "a message", later: ["in-app"],
        [
            Field("email", .set(.emailPart), "What an email says."),
            Field("push", .set(.pushPart), "What a push notification says."),
            Field("sms", .set(.smsPart), "What a text message says."),
            Field("webhook", .set(.webhookPart), "What a webhook carries."),
        ])
    static let emailPart = FieldSet(
        owner: "the part `email`",
        [
            Field("subject", .text, required: true, "One line."),
            Field("text", .text, "For readers without HTML; `text`, `html` or both."),
            Field("html", .text, "HTML; what a template prints is escaped for it."),
        ])
    static let pushPart = FieldSet(
        owner: "the part `push`",
        [
            Field("title", .text, required: true, "One line."),
            Field("body", .text, required: true, "What it says."),
            Field("url", .text, "What a tap opens."),
            Field("image", .text, "The address of a picture."),
        ])
    static let smsPart = FieldSet(owner: "the part `sms`", [Field("text", .text, required: true, "What it says.")])
    static let webhookPart = FieldSet(
        owner: "the part `webhook`",
        [Field("body", .text, required: true, "JSON: a template writes values with `| json`.")])
}

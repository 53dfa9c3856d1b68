/// The channels that messages have parts for, and the fields of each: what reading, errors, the schema and the reference
/// derive from.
extension FieldSet {
    static let message = FieldSet(
        owner: "a message", "What is said on each channel, in Liquid. A rule sends it by its name, as `template`.",
        later: ["in-app"],
        [
            Field("email", .set(.emailPart), "What an email says."),
            Field("push", .set(.pushPart), "What a push notification says."),
            Field("sms", .set(.smsPart), "What a text message says."),
            Field("webhook", .set(.webhookPart), "What a webhook carries; without it, the decision itself."),
        ],
        example: """
            messages:
              thanks:
                email: { subject: Thank you, text: "Order {{ order }} is on its way." }
                push: { title: Thank you, body: "Order {{ order }} is on its way." }
                sms: { text: "Order {{ order }} is on its way." }
                webhook: { body: '{"order": {{ order | json }}}' }
            """)
    static let emailPart = FieldSet(
        owner: "the part `email`", "An email: `text`, `html` or both.",
        [
            Field("to", .text, "The address that it goes to. By default the member `email` of the rule's `data`."),
            Field("from", .text, "Who it comes from, as in `Shop <shop@shop.example>`. By default the provider's."),
            Field("replyTo", .text, "The address that answers go to."),
            Field("subject", .text, required: true, "One line."),
            Field("preheader", .text, "What mail programs show behind the subject; one line."),
            Field("text", .text, "For readers without HTML."),
            Field("html", .text, "HTML; what a template prints is escaped for it."),
        ],
        example: """
            messages:
              thanks:
                email:
                  to: "{{ contact }}"
                  from: Shop <shop@shop.example>
                  replyTo: help@shop.example
                  subject: Thank you
                  preheader: Your order is on its way
                  text: "{{ name }}, thanks!"
                  html: "<p>{{ name }}, thanks!</p>"
            """)
    static let pushPart = FieldSet(
        owner: "the part `push`", "A push notification.",
        [
            Field("title", .text, required: true, "One line."),
            Field("body", .text, required: true, "What it says."),
            Field("url", .text, "What a tap opens."),
            Field("image", .text, "The address of a picture."),
        ],
        example: """
            messages:
              thanks:
                push: { title: Thank you, body: "{{ name }}!", url: "https://shop.example/", image: "{{ image_url }}" }
            """)
    static let smsPart = FieldSet(
        owner: "the part `sms`", "A text message.", [Field("text", .text, required: true, "What it says.")],
        example: "messages: { thanks: { sms: { text: Thank you } } }")
    static let webhookPart = FieldSet(
        owner: "the part `webhook`", "What is posted to a webhook.",
        [Field("body", .text, required: true, "JSON: a template writes values with `| json`.")],
        example: "messages: { thanks: { webhook: { body: '{\"order\": {{ order | json }}}' } } }")
}

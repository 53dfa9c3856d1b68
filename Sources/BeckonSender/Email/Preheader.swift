/// What mail programs show behind a subject: text at the begin of the HTML that nobody sees there.
enum Preheader {
    static func insert(_ text: String, into html: String) -> String {
        let hidden = #"<div style="display:none;max-height:0;overflow:hidden">\#(escaped(text))</div>"#
        guard let place = placeInBody(Array(html.utf8)) else { return hidden + html }
        let utf8 = html.utf8
        let at = utf8.index(utf8.startIndex, offsetBy: place)
        return html[..<at] + hidden + html[at...]
    }

    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// Behind `<body …>`; nil: there is no such tag.
    private static func placeInBody(_ html: [UInt8]) -> Int? {
        let tag = Array("<body".utf8)
        var at = 0
        while at + tag.count < html.count {
            let isTag = zip(tag, html[at...]).allSatisfy { $0 == $1 | ((0x41...0x5A).contains($1) ? 0x20 : 0) }
            if isTag, [0x20, 0x09, 0x0A, 0x0D, 0x3E].contains(html[at + tag.count]) {
                return html[at...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 }
            }
            at += 1
        }
        return nil
    }
}

import BeckonModel

/// The parts of a decision's JSON that are the same every time, encoded once when rules are compiled.
enum DecisionText {
    /// `"name":`
    static func member(_ name: String) -> [UInt8] { string(name) + [UInt8(ascii: ":")] }

    static func string(_ text: String) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 64)
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes {
            JSONText.appendString(
                Bytes(start: $0.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!, count: $0.count), to: &buffer)
        }
        return buffer.bytes
    }

    /// `"rule":"…","version":"…"`
    static func identity(_ rule: Rule) -> [UInt8] {
        member("rule") + string(rule.id) + [UInt8(ascii: ",")] + member("version")
            + string(String(rule.version.text.prefix(12)))
    }

    /// `"class":"…","channel":"…"[,"template":"…"|,"message":{…}]`
    static func delivery(_ rule: Rule) -> [UInt8] {
        var text =
            member("class") + string(rule.messageClass.rawValue) + [UInt8(ascii: ",")] + member("channel")
            + string(rule.channels[0])
        switch rule.content {
        case .template(let name)?: text += [UInt8(ascii: ",")] + member("template") + string(name)
        case .inline(let json)?: text += [UInt8(ascii: ",")] + member("message") + json
        case nil: break
        }
        return text
    }
}

/// Values that an event does not hold as such, but from which others can be made.
extension EventDecoder {
    func derive(
        _ slot: Int, _ derivation: FieldSource.Derivation, _ values: UnsafeMutablePointer<Value>,
        _ texts: UnsafeMutablePointer<Bytes>
    ) {
        switch derivation {
        case .urlPath(let source):
            guard case .string(let url) = values[source] else { return }
            let path = Self.path(ofURL: url)
            values[slot] = .string(path)
            texts[slot] = path
        case .product(let left, let right):
            for case .failed in [values[left], values[right]] {
                values[slot] = .failed(.overflow)
                return
            }
            guard case .double = values[left], let price = Decimal.parse(texts[left]) else { return }
            var product = price
            if case .double = values[right] {
                guard let quantity = Decimal.parse(texts[right]), let result = Decimal.multiply(price, quantity) else {
                    return
                }
                product = result
            } else if case .missing = values[right] {
            } else {
                return
            }
            var text = ByteBuffer(capacity: 32)
            Decimal.append(product, to: &text)
            let memory = arena.allocate(text.count)
            memory.copyMemory(from: text.start, byteCount: text.count)
            values[slot] = .double(Decimal.double(product))
            texts[slot] = Bytes(start: UnsafeRawPointer(memory), count: text.count)
        }
    }

    /// What lies between the host and `?` or `#`; `/` where there is nothing. A text without a scheme is taken as it is.
    static func path(ofURL url: Bytes) -> Bytes {
        let bytes = url.buffer
        var start = 0
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon + 2 < bytes.count,
            bytes[colon + 1] == UInt8(ascii: "/"),
            bytes[colon + 2] == UInt8(ascii: "/")
        {
            start = colon + 3
            while start < bytes.count, bytes[start] != UInt8(ascii: "/"), bytes[start] != UInt8(ascii: "?"),
                bytes[start] != UInt8(ascii: "#")
            {
                start += 1
            }
        }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "?"), bytes[end] != UInt8(ascii: "#") { end += 1 }
        if end == start {
            let root: StaticString = "/"
            return Bytes(start: root.utf8Start, count: 1)
        }
        return Bytes(start: url.start + start, count: end - start)
    }
}

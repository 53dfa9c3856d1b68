/// Takes tags out of HTML: scripts, comments and styles with all they hold, all others by themselves.
enum TagStripper {
    private static let blocks: [(open: ByteSearch, close: ByteSearch)] = [
        (ByteSearch(Array("<script".utf8)), ByteSearch(Array("</script>".utf8))),
        (ByteSearch(Array("<!--".utf8)), ByteSearch(Array("-->".utf8))),
        (ByteSearch(Array("<style".utf8)), ByteSearch(Array("</style>".utf8))),
    ]

    static func strip(_ html: [UInt8]) -> String { String(decoding: withoutTags(withoutBlocks(html)), as: UTF8.self) }

    private static func withoutBlocks(_ html: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var place = 0
        // Behind here there is no end of a block of that kind: it is not looked for again.
        var isUnclosed = [Bool](repeating: false, count: blocks.count)
        while place < html.count {
            if html[place] == UInt8(ascii: "<"),
                let kind = blocks.indices.first(where: {
                    !isUnclosed[$0] && html[place...].starts(with: blocks[$0].open.pattern)
                })
            {
                let close = blocks[kind].close
                let inside = place + blocks[kind].open.pattern.count
                if let end = close.first(in: html, from: inside) {
                    place = end + close.pattern.count
                    continue
                }
                isUnclosed[kind] = true
            }
            result.append(html[place])
            place += 1
        }
        return result
    }

    private static func withoutTags(_ html: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = html[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "<")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: ">"))
        {
            result += rest[..<open]
            rest = rest[(close + 1)...]
        }
        return result + rest
    }
}

import BeckonModel
import Testing

@testable import BeckonTemplate

@Suite struct `Bounds of templates` {
    private func limits(_ change: (inout RenderLimits) -> Void) -> RenderLimits {
        var limits = RenderLimits()
        change(&limits)
        return limits
    }

    @Test func `text up to its bound is rendered, and not a byte more`() throws {
        let ten = limits { $0.bytesMax = 10 }
        #expect(try rendered("{{ a }}é", #"{"a": "01234567"}"#, limits: ten) == "01234567é")
        #expect(try rendered("{{ a }}", #"{"a": "0123456789"}"#, limits: ten) == "0123456789")
        let longer = try problem("{{ a }}x", #"{"a": "0123456789"}"#, limits: ten)
        #expect(longer?.kind == .limit)
        #expect(longer?.message == "the text is longer than 10 bytes")
        #expect(longer?.column == 8)
    }

    @Test func `a text on the way is bounded too`() throws {
        let ten = limits { $0.bytesMax = 10 }
        #expect(try rendered("{% assign a = '12345' | append: '67890' %}{{ a | size }}", limits: ten) == "10")
        for template in [
            "{% assign a = '12345' | append: '678901' %}", "{% capture a %}12345678901{% endcapture %}",
            "{% assign a = '1234' | replace: '1', '12345678' %}", "{% assign a = '<<<' | escape %}",
            "{% assign a = (1..9) | join: ',' %}", "{% assign a = 'ééé' | url_encode %}",
        ] {
            #expect(try problem(template, limits: ten)?.kind == .limit, "\(template)")
        }
    }

    @Test func `loops take so many turns in all`() throws {
        let six = limits { $0.turnsMax = 6 }
        let nested = "{% for i in (1..2) %}{% for j in (1..N) %}.{% endfor %}{% endfor %}"
        #expect(try rendered(nested.replacing("N", with: "2"), limits: six) == "....")
        let over = try problem(nested.replacing("N", with: "3"), limits: six)
        #expect(over?.message == "loops take more than 6 turns in all")
        #expect(try problem("{% tablerow i in (1..7) %}{% endtablerow %}", limits: six)?.kind == .limit)
        #expect(
            try problem("{% render 'a' for (1..7) %}", snippets: [("a", "x")], limits: six)?.kind == .limit)
        #expect(
            try problem("{% include 'a' for l %}", #"{"l":[1,2,3,4,5,6,7]}"#, snippets: [("a", "x")], limits: six)?.kind
                == .limit)
    }

    @Test func `a list has so many elements`() throws {
        let six = limits { $0.turnsMax = 6 }
        #expect(try rendered("{{ (1..6) | join }}", limits: six) == "1 2 3 4 5 6")
        #expect(try problem("{{ (1..7) | join }}", limits: six)?.message == "a list has more than 6 elements")
        #expect(try rendered("{{ 'abcdef' | split: '' | size }}", limits: six) == "6")
        #expect(try problem("{{ 'abcdefg' | split: '' | size }}", limits: six)?.kind == .limit)
        #expect(try problem("{{ (1..6) | concat: l | size }}", #"{"l":[1]}"#, limits: six)?.kind == .limit)
    }

    @Test func `steps are counted`() throws {
        #expect(try rendered("abc{{ 1 }}", limits: limits { $0.stepsMax = 2 }) == "abc1")
        let over = try problem("abc{{ 1 }}{{ 2 }}", limits: limits { $0.stepsMax = 2 })
        #expect(over?.message == "the template takes more than 2 steps")
        // Whoever looks at much pays for it: a filter for its input, a comparison for what it compares.
        let long = #"{"a":""# + String(repeating: "x", count: 6_400) + #""}"#
        #expect(try problem("{% assign b = a | upcase %}", long, limits: limits { $0.stepsMax = 100 })?.kind == .limit)
        #expect(try problem("{% if a == a %}{% endif %}", long, limits: limits { $0.stepsMax = 100 })?.kind == .limit)
        let list = #"{"a":[\#(Array(repeating: "1", count: 200).joined(separator: ","))]}"#
        #expect(try problem("{% if a == a %}{% endif %}", list, limits: limits { $0.stepsMax = 100 })?.kind == .limit)
        #expect(
            try problem("{% assign b = a | sort %}", list, limits: limits { $0.stepsMax = 500 })?.kind == .limit)
    }

    @Test func `blocks go a hundred deep, and no deeper`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "{% if true %}", count: depth) + "x" + String(repeating: "{% endif %}", count: depth)
        }
        #expect(try rendered(nested(100)) == "x")
        #expect(try problem(nested(101))?.kind == .limit)
        #expect(try problem(nested(100_000 / 24))?.kind == .limit)
        let capture = String(repeating: "{% capture a %}", count: 5_000)
        #expect(try problem(capture)?.kind == .limit)
    }

    @Test func `snippets inside blocks count together`() throws {
        let three = limits { $0.depthMax = 3 }
        let snippets = [("a", "{% if true %}{% render 'b' %}{% endif %}"), ("b", "x"), ("c", "{% render 'a' %}")]
        #expect(try rendered("{% render 'a' %}", snippets: snippets, limits: three) == "x")
        let over = try problem("{% render 'c' %}", snippets: snippets, limits: three)
        #expect(over?.message == "more than 3 blocks and snippets inside one another")
        #expect(over?.snippet == "a")
        // Endless, with the bound that holds by default.
        #expect(try problem("{% include 'd' %}", snippets: [("d", "{% include 'd' %}")])?.kind == .limit)
    }

    @Test func `brackets go so deep`() throws {
        func nested(_ depth: Int) -> String {
            "{{ a" + String(repeating: "[a", count: depth) + String(repeating: "]", count: depth) + " }}"
        }
        #expect(try rendered(nested(MarkupParser.depthMax)) == "")
        #expect(try problem(nested(MarkupParser.depthMax + 1))?.message.contains("brackets") == true)
        #expect(try problem(nested(50_000)) != nil)
        #expect(try problem("{{ " + String(repeating: "(", count: 50_000)) != nil)
    }

    @Test func `a template has a longest text`() throws {
        let whole = String(repeating: "x", count: Template.bytesMax)
        #expect(try Template.read(whole).render(TemplateHash(), settings: RenderSettings(moment: .test)) == whole)
        #expect(throws: TemplateProblems.self) { try Template.read(whole + "x") }
    }

    @Test func `huge numbers end in words`() throws {
        for template in [
            "{% for i in (1..9223372036854775807) %}{% endfor %}", "{{ (1..9999999999) | sum }}",
            "{{ -9223372036854775808 | abs }}", "{{ -9223372036854775808 | divided_by: -1 }}",
            "{{ 9e999 }}", "{{ 1 | round: 99999999999999999999 }}",
        ] {
            #expect(try problem(template) != nil, "\(template)")
        }
        #expect(try rendered("{{ a | round: -400 }}|{{ a | floor }}", #"{"a": 1e-300}"#) == "0|0")
        #expect(
            try rendered("{% for i in (-9223372036854775808..9223372036854775807) limit: 1 %}{{ i }}{% endfor %}")
                == "-9223372036854775808")
        #expect(try rendered("{{ a | size }}{{ a.size }}{{ a.first }}", #"{"a": 1e999}"#) == "0")
        #expect(try problem("{{ a | plus: 1 }}", #"{"a": 1e999}"#)?.kind == .value)
        #expect(
            try rendered(
                "{{ 5 | truncate: 9223372036854775807 }}{{ 'a' | slice: -9223372036854775808, 9223372036854775807 }}")
                == "5")
        #expect(
            try rendered(
                "{% tablerow i in (1..2) cols: 9223372036854775807 offset: 9223372036854775807 limit: 9223372036854775807 %}{% endtablerow %}"
            ) == "<tr class=\"row1\">\n</tr>\n")
        #expect(
            try rendered(
                "{% for i in a offset: 9223372036854775807 limit: 9223372036854775807 %}x{% else %}y{% endfor %}{% for i in a offset: continue %}x{% else %}y{% endfor %}",
                #"{"a": [1]}"#) == "yy")
        #expect(try rendered("{{ 2000000000 | date: '%9999999999999Y' | size }}") == "255")
    }

    @Test func `one text is found in another in linear time`() throws {
        let long = String(repeating: "a", count: 200_000)
        let data = #"{"t":"\#(long)","p":"\#(long.prefix(100_000))b"}"#
        #expect(
            try rendered("{% if t contains p %}y{% endif %}{{ t | remove: p | size }}{{ t | split: p | size }}", data)
                == "2000001")
    }
}

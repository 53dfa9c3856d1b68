import Testing

@testable import BeckonTemplate

@Suite struct `Escaping for HTML` {
    private let data = #"{"a": "<b>&\"'", "l": ["<", 1], "h": {"<": ">"}, "n": 5}"#

    private func html(_ template: String) throws -> String {
        try rendered(template, data, snippets: [("s", "<i>{{ x }}</i>")], escapesHTML: true)
    }

    @Test func `what is printed is escaped, the template's own text is not`() throws {
        #expect(try html("<p>{{ a }}</p>{{ n }}") == "<p>&lt;b&gt;&amp;&quot;&#39;</p>5")
        #expect(try html("{{ l }}{{ h }}") == "&lt;1{&quot;&lt;&quot;=&gt;&quot;&gt;&quot;}")
        #expect(try html("{% echo a %}{% cycle a %}") == "&lt;b&gt;&amp;&quot;&#39;&lt;b&gt;&amp;&quot;&#39;")
        #expect(try html("{% raw %}<{{ a }}>{% endraw %}") == "<{{ a }}>")
        #expect(try html("{{ '<br>' }}") == "&lt;br&gt;")
    }

    @Test func `nothing is escaped elsewhere`() throws {
        #expect(try rendered("{{ a }}{{ l }}", data) == "<b>&\"'<1")
    }

    @Test func `raw says that a value is HTML`() throws {
        #expect(try html("{{ a | raw }}{{ a | upcase | raw }}") == "<b>&\"'<B>&\"'")
        #expect(try html("{% assign x = a | raw %}{{ x }}{{ x | default: 1 }}") == "<b>&\"'<b>&\"'")
        #expect(try html("{{ a | raw | append: '<' }}") == "&lt;b&gt;&amp;&quot;&#39;&lt;")
    }

    @Test func `nothing is escaped twice`() throws {
        #expect(try html("{{ '<' | escape }}{{ '&lt;<' | escape_once }}") == "&lt;&lt;&lt;")
        #expect(try html("{% capture x %}<p>{{ a }}</p>{% endcapture %}{{ x }}") == "<p>&lt;b&gt;&amp;&quot;&#39;</p>")
        #expect(try html("{% render 's', x: a %}") == "<i>&lt;b&gt;&amp;&quot;&#39;</i>")
    }

    @Test func `newline_to_br escapes and keeps its own breaks`() throws {
        let template = "{% capture t %}a{% endcapture %}{{ x | newline_to_br }}"
        let both = try rendered(template, #"{"x": "<\n>"}"#, escapesHTML: true)
        #expect(both == "&lt;<br />\n&gt;")
        #expect(try rendered(template, #"{"x": "<\n>"}"#) == "<<br />\n>")
    }
}

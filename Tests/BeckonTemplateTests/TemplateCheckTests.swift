import Testing

@testable import BeckonTemplate

@Suite struct `Checking templates` {
    private func problems(
        _ template: String, _ names: [String] = [], snippets: [(String, String)] = []
    ) throws -> [String] {
        let set = SnippetSet(snippets.map { (name: $0.0, text: $0.1) })
        var known = TemplateNames(names)
        known.add("decision", members: ["id", "rule"])
        return try Template.read(template).check(known, snippets: set).map(\.description)
    }

    @Test func `names unknown variables with their places and the nearest word`() throws {
        #expect(
            try problems("{{ itmes }}\n  é {% if value > limit %}{{ value }}{% endif %}", ["items", "value"]) == [
                "line 1, column 4: there is no variable `itmes`; did you mean `items`?",
                "line 2, column 19: there is no variable `limit`",
            ])
        #expect(
            try problems("{{ decision.rule }}{{ decision.rul }}{{ decision['id'] }}{{ decision.size }}") == [
                "line 1, column 23: `decision` has no `rul`; did you mean `rule`?"
            ])
        #expect(try problems("{{ a[b].c[d.e] }}{{ ['f'] }}{{ self.g }}", ["a"]).count == 4)
    }

    @Test func `knows what a template assigns itself`() throws {
        #expect(
            try problems(
                """
                {% assign a = 1 %}{% capture b %}{% endcapture %}{% increment c %}{{ a }}{{ b }}{{ c }}
                {% for d in l %}{{ d }}{{ forloop.index }}{% endfor %}{% tablerow e in l %}{{ e }}{{ tablerowloop.col }}
                {% endtablerow %}{% liquid
                assign f = 1
                echo f %}
                """, ["l"]) == [])
        #expect(try problems("{% for d in l %}{% endfor %}{{ d }}{{ forloop }}", ["l"]).count == 2)
        #expect(
            try problems("{% for d in l %}{{ forloop.idnex }}{% endfor %}", ["l"])
                == ["line 1, column 20: `forloop` has no `idnex`; did you mean `index`?"])
    }

    @Test func `looks everywhere`() throws {
        for template in [
            "{{ 1 | plus: x }}", "{{ 1 | default: 2, allow_false: x }}", "{% if 1 == x %}{% endif %}",
            "{% if true or x contains 1 %}{% endif %}", "{% unless x %}{% endunless %}",
            "{% case x %}{% when 1 %}{% endcase %}", "{% case 1 %}{% when x %}{% endcase %}",
            "{% case 1 %}{% else %}{{ x }}{% endcase %}", "{% for i in x %}{% endfor %}",
            "{% for i in (1..x) %}{% endfor %}", "{% for i in (1..2) limit: x %}{% endfor %}",
            "{% for i in (1..2) offset: x %}{% endfor %}", "{% for i in (1..2) %}{% else %}{{ x }}{% endfor %}",
            "{% tablerow i in (1..2) cols: x %}{% endtablerow %}", "{% cycle x: 1 %}", "{% cycle x %}", "{% echo x %}",
            "{% assign a = x %}", "{% capture a %}{{ x }}{% endcapture %}", "{% ifchanged %}{{ x }}{% endifchanged %}",
            "{% abort_message(x) %}", "{% include x %}", "{% if true %}{% elsif x %}{% endif %}",
        ] {
            #expect(try problems(template).count == 1, "\(template)")
        }
    }

    @Test func `names unknown filters and tags`() throws {
        #expect(
            try problems("{{ 1 | puls: 1 }}")
                == ["line 1, column 8: there is no filter `puls`; did you mean `plus`?"])
        #expect(throws: TemplateProblems.self) { try Template.read("{% iff x %}") }
    }

    @Test func `names what a lenient render passes over`() throws {
        let template = "{% case 1 %}{% when 2 and 1 %}x{% else %}y{% endcase %}"
        let words = "line 1, column 23: the end of the tag is expected here, not `and`"
        #expect(try problems(template) == [words])
        #expect(try problem(template, isStrict: true)?.description == words)
        #expect(try rendered(template) == "y")
    }

    @Test func `gives all that cannot be read at once`() throws {
        do {
            _ = try Template.read("{{ a | }}\n{% nosuch %}{% assign = %}\n{% for x of y %}{% endfor %}")
            Issue.record("it was read")
        } catch {
            #expect(error.problems.map(\.line) == [1, 2, 2, 3])
        }
    }

    @Test func `follows snippets`() throws {
        let snippets = [("card", "{{ product.name }} {{ size }}"), ("loop", "{% render 'loop' %}"), ("all", "{{ a }}")]
        #expect(try problems("{% render 'card', product: p, size: 1 %}", ["p"], snippets: snippets) == [])
        #expect(
            try problems("{% render 'card', product: p %}", ["p"], snippets: snippets) == [
                "line 1, column 4: in the snippet `card` on line 1, there is no variable `size`: `render` passes none"
            ])
        #expect(try problems("{% render 'card' for p as product, size: 1 %}", ["p"], snippets: snippets) == [])
        #expect(try problems("{% include 'all' %}", ["a"], snippets: snippets) == [])
        #expect(try problems("{% include 'all' %}", snippets: snippets).count == 1)
        // `render` passes nothing by itself, whatever is known around it.
        #expect(try problems("{% render 'all' %}{{ a }}", ["a"], snippets: snippets).count == 1)
        #expect(try problems("{% render 'loop' %}", snippets: snippets) == [])
        #expect(
            try problems("{% render 'crad' %}", snippets: snippets)
                == ["line 1, column 4: there is no snippet `crad`; did you mean `card`?"])
        #expect(
            try problems("{% include 'set' %}{{ b }}", snippets: [("set", "{% assign b = 1 %}")]) == [])
    }
}

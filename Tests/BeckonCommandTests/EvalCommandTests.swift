import Foundation
import Testing

@testable import beckon

@Suite struct `beckon eval` {
    @Test func `prints the value with its type`() throws {
        let ending = try BeckonProcess.run("eval", "1 + 2")
        #expect(ending.status == 0)
        #expect(ending.output == "{\"int\":\"3\"}\n")
        #expect(ending.errors == "")
    }

    @Test func `says what is wrong and where, with status 2`() throws {
        let parsing = try BeckonProcess.run("eval", "1 +")
        #expect(parsing.status == 2)
        #expect(parsing.errors == "beckon: at 3: expected a value, found the end\n1 +\n   ^\n")
        let failing = try BeckonProcess.run("eval", "size('é') + 1 / 0")
        #expect(failing.status == 2)
        #expect(failing.errors == "beckon: at 15: division by zero\nsize('é') + 1 / 0\n              ^\n")
        #expect(try BeckonProcess.run("eval").status == 2)
        #expect(try BeckonProcess.run("eval", "1", "--stdin").status == 2)
    }

    @Test func `takes variables from the members of a file`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "event.json",
            #"""
            { "items": [{"price": 3}, {"price": 2e1}], "name": "Blue \"shoe\"", "count": {"int": "5"}, "none": null,
              "map": {"a": {"b": [true]}} }
            """#)
        let run = { (expression: String) in try BeckonProcess.run("eval", expression, "--with", path).output }
        #expect(try run("items.filter(i, i.price > 10).size() + count") == "{\"int\":\"6\"}\n")
        #expect(try run("name.endsWith('\"') && none == null && map.a.b[0]") == "{\"bool\":true}\n")
        #expect(
            try run("items")
                == #"{"list":[{"map":[[{"string":"price"},{"double":3}]]},{"map":[[{"string":"price"},{"double":20}]]}]}"#
                + "\n")
        let broken = try folder.write("broken.json", "{\"a\": ")
        #expect(try BeckonProcess.run("eval", "a", "--with", broken).errors.contains("not a JSON object"))
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let nested = try folder.write("nested.json", "{\"a\": \(deep)}")
        #expect(try BeckonProcess.run("eval", "a == a", "--with", nested).errors.contains("nested more than 128 deep"))
        #expect(try BeckonProcess.run("eval", "a", "--with", folder.path + "/none.json").status == 2)
    }

    @Test func `looks names up in a container`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("names.json", #"{"x": "outer", "a.x": "inner"}"#)
        let ending = try BeckonProcess.run("eval", "x + .x", "--with", path, "--container", "a.b")
        #expect(ending.output == "{\"string\":\"innerouter\"}\n")
    }

    @Test func `answers each line of standard input in order`() throws {
        let ending = try BeckonProcess.run(
            "eval", "--stdin",
            input: #"""
                {"expression": "x + 1", "bindings": {"x": {"int": "41"}}}
                { "container": "a", "bindings": {"a.y": {"bytes": "/w=="}}, "expression": "y" }

                {"expression": "1 / 0"}
                {"expression": "x", "bindings": {"x": {"map": [[{"string": "k"}, {"list": [{"type": "int"}]}]]}}}
                {"expression": "\"\\u00e9\" + '\n'"}
                {"expression": "'''\n''' + \"\\u00e9\""}
                nonsense
                {"expression": "1", "more": 1}
                {"expression": "x", "bindings": {"x": {"int": 5.5}}}
                {"expression": "-0.0"}
                {"expression": "timestamp('2026-01-01T00:00:00.5+01:00') + duration('1ns')"}
                """#)
        #expect(ending.status == 0)
        let lines = ending.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.count == 13 && lines.last == "")
        #expect(lines[0] == #"{"value":{"int":"42"}}"#)
        #expect(lines[1] == #"{"value":{"bytes":"/w=="}}"#)
        #expect(lines[2] == #"{"error":"not a JSON object"}"#)
        #expect(lines[3] == #"{"error":"at 2: division by zero"}"#)
        #expect(lines[4] == #"{"value":{"map":[[{"string":"k"},{"list":[{"type":"int"}]}]]}}"#)
        #expect(lines[5].contains("never ends"))
        #expect(lines[6] == #"{"value":{"string":"\né"}}"#)
        for line in lines[7...9] { #expect(line.hasPrefix("{\"error\":\"")) }
        #expect(lines[10] == #"{"value":{"double":-0.0}}"#)
        #expect(lines[11] == #"{"value":{"timestamp":"2025-12-31T23:00:00.500000001Z"}}"#)
    }
}

import BeckonModel
import Testing

@testable import beckon

@Suite struct `Date pattern` {
    @Test(arguments: [
        ("yyyyMMdd", "19970131", "1997-01-31T00:00:00.000Z"),
        ("yyyy-MM-dd HH:mm:ss", "2024-02-29 23:59:58", "2024-02-29T23:59:58.000Z"),
        ("dd.MM.yyyy", "01.12.2024", "2024-12-01T00:00:00.000Z"),
        ("MM/dd/yyyy HH:mm", "12/31/1999 07:05", "1999-12-31T07:05:00.000Z"),
        ("yyyy-MM-ddTHH:mm:ss.SSSZ", "2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05.678Z"),
        ("iso", "2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05.000Z"),
        ("iso", "2024-01-02", "2024-01-02T00:00:00.000Z"),
        ("seconds", "1704099600", "2024-01-01T09:00:00.000Z"),
        ("milliseconds", "1704099600123", "2024-01-01T09:00:00.123Z"),
    ]) func `reads`(pattern: String, text: String, expected: String) throws {
        let dates = try #require(DatePattern(pattern))
        let instant = try #require(dates.read(Array(text.utf8)[...]))
        #expect(Timestamp.text(instant) == expected)
    }

    @Test(arguments: [
        ("yyyyMMdd", "19970231"), ("yyyyMMdd", "1997013"), ("yyyyMMdd", "199701311"), ("yyyyMMdd", "1997O131"),
        ("yyyyMMdd", ""), ("dd.MM.yyyy", "01-12-2024"), ("iso", "yesterday"), ("seconds", "9999999999999999999"),
        ("seconds", "1e9"),
    ]) func `refuses what is no such time`(pattern: String, text: String) throws {
        #expect(try #require(DatePattern(pattern)).read(Array(text.utf8)[...]) == nil)
    }

    @Test(arguments: ["", "yyyy", "yyMMdd", "yyyyMMddyyyy", "yyyyMMdd a", "YYYYMMDD", "yyyyMMd"])
    func `refuses what is no pattern`(pattern: String) {
        #expect(DatePattern(pattern) == nil)
    }
}

@Suite struct `Delimited text` {
    func format(_ columns: String, _ delimiter: String = ",", dates: String = "yyyyMMdd") throws -> DelimitedFormat {
        DelimitedFormat(
            delimiter: try #require(.init(delimiter)), mapping: try ColumnMapping(columns),
            dates: try #require(DatePattern(dates)), event: "purchase")
    }

    func json(_ format: DelimitedFormat, _ line: String) -> String {
        switch format.read(Array(line.utf8)[...], id: "f.txt:7") {
        case .event(let event): String(decoding: event.value, as: UTF8.self)
        case .bad(let problem): problem
        }
    }

    @Test func `becomes an event with the file and line as its id`() throws {
        let format = try format("person,date,quantity,amount", "blank")
        #expect(
            json(format, " 00001 19970101  1   11.77")
                == #"{"type":"track","messageId":"f.txt:7","event":"purchase","userId":"00001","#
                + #""timestamp":"1997-01-01T00:00:00.000Z","properties":{"quantity":1,"amount":11.77}}"#)
    }

    @Test func `types are as declared, else a number where JSON has one`() throws {
        let format = try format("person,time,a,b:text,c:number,d:boolean,-")
        #expect(
            json(format, "u,20240101,007,7,7,true,x").hasSuffix(#""properties":{"a":"007","b":"7","c":7,"d":true}}"#))
        #expect(json(format, "u,20240101,,,,,").hasSuffix(#""properties":{}}"#), "what is empty is not there")
        #expect(json(format, "u,20240101,1,1,seven,true,").contains("`seven` in the column c is not a number"))
        #expect(json(format, "u,20240101,1,1,1,yes,").contains("`yes` in the column d is not a boolean"))
    }

    @Test func `columns may be quoted`() throws {
        let format = try format("person,time,name", ";")
        #expect(json(format, #""a;b";20240101;"say ""hi""""#).contains(#""userId":"a;b""#))
        #expect(json(format, #""a;b";20240101;"say ""hi""""#).contains(#""name":"say \"hi\"""#))
        #expect(json(format, #"a;20240101;"open"#).contains("quoted"))
    }

    @Test func `says what is wrong with a line`() throws {
        let format = try format("person,time,x")
        #expect(json(format, "u,20240101") == "2 columns instead of 3")
        #expect(json(format, "u,soon,1") == "`soon` is not a time as `--date-format` says")
    }

    @Test func `says everything that is wrong with a mapping`() {
        #expect(throws: UserError.self) { try ColumnMapping("person,amount") }
        do throws(UserError) {
            _ = try ColumnMapping("person,person,a:float,,b,b")
            Issue.record("taken")
        } catch {
            for part in ["`person`, not 2", "`time`, not 0", "unknown type", "no name", "same name"] {
                #expect(error.description.contains(part), "\(part)")
            }
        }
    }
}

@Suite struct `Files of events` {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func line(_ person: String, _ timestamp: String, _ more: String = "") -> String {
        #"{"userId":"\#(person)","type":"track","event":"e","timestamp":"\#(timestamp)"\#(more)}"#
    }

    @Test func `are played in the order of time, lines of the same instant in theirs`() throws {
        let one = try folder.write(
            "one.ndjson",
            [line("b", "2024-01-02"), line("a", "2024-01-01"), line("c", "2024-01-02")].joined(separator: "\n"))
        let two = try folder.write("two.ndjson", line("d", "2024-01-01") + "\r\n\r\n")
        var files = try EventFiles(paths: [one, two], format: .collected)
        #expect(files.eventCount == 4)
        var played: [PlayedEvent] = []
        while let event = files.next() { played.append(event) }
        #expect(played.map { String(decoding: $0.person, as: UTF8.self) } == ["a", "d", "b", "c"])
        #expect(
            String(decoding: played[1].value, as: UTF8.self).hasPrefix(#"{"messageId":"two.ndjson:1","userId":"d""#))
        #expect(files.next() == nil)
    }

    @Test func `report bad lines with their places, and go on`() throws {
        let path = try folder.write(
            "mixed.ndjson",
            [
                line("a", "2024-01-01"), "{", line("a", "soon"), #"{"event":"e","timestamp":"2024-01-01"}"#,
                #"{"userId":"a","event":"e"}"#, line("a", "1970-01-01"), line("b", "2024-01-02", #","messageId":"m1""#),
                #"{"userId":"","event":"e","timestamp":"2024-01-01"}"#, "[1]",
            ].joined(separator: "\n"))
        var files = try EventFiles(paths: [path], format: .collected)
        #expect(files.eventCount == 2)
        #expect(files.badLineCount == 7)
        #expect(files.badLines.map(\.line) == [2, 3, 4, 5, 6, 8, 9])
        #expect(files.badLines[1].description.hasPrefix("mixed.ndjson:3: the timestamp is neither"))
        #expect(files.badLines[2].description.contains("neither `userId` nor `anonymousId`"))
        _ = files.next()
        #expect(String(decoding: files.next()!.value, as: UTF8.self) == line("b", "2024-01-02", #","messageId":"m1""#))
    }

    @Test func `without one readable line are refused`() throws {
        let path = try folder.write("table.csv", "person,date\n1,2024-01-01\n")
        do throws(UserError) {
            _ = try EventFiles(paths: [path], format: .collected)
            Issue.record("taken")
        } catch {
            #expect(error.description.contains("No line of"))
            #expect(error.description.contains("table.csv:1:"))
            #expect(error.description.contains("--columns"))
        }
    }

    @Test func `that are not there are told by their paths`() {
        do throws(UserError) {
            _ = try EventFiles(paths: [folder.path + "/none.ndjson"], format: .collected)
            Issue.record("taken")
        } catch {
            #expect(error.description.hasSuffix("/none.ndjson cannot be read: No such file or directory."))
        }
    }

    @Test func `with a header line pass over it`() throws {
        let path = try folder.write("t.csv", "who,when\nu,20240101\n")
        let format = DelimitedFormat(
            delimiter: .character(44), mapping: try ColumnMapping("person,time"), dates: DatePattern("yyyyMMdd")!,
            event: "e")
        let files = try EventFiles(paths: [path], format: .delimited(format, hasHeader: true))
        #expect(files.eventCount == 1)
        #expect(files.badLineCount == 0)
    }
}

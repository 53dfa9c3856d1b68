// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
/// The hot path crosses from the engine into the model for every event: both are optimised as one.
let hot: [SwiftSetting] =
    strict + [
        .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release))
    ]

func debian(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
    name: "beckon",
    products: [.executable(name: "beckon", targets: ["beckon"])],
    targets: [
        // Pure: no input or output, no clock, no tasks, no Foundation.
        .target(
            name: "BeckonModel", dependencies: ["CRE2", "CSimdJSON", "CXXHash", "CYAML", "CZones"], swiftSettings: hot),
        .target(name: "BeckonEngine", dependencies: ["BeckonModel", "CMemory", "CXXHash"], swiftSettings: hot),
        // Liquid, and the messages written in it.
        .target(name: "BeckonTemplate", dependencies: ["BeckonModel"], swiftSettings: hot),
        // Tests that stand in rule files, before the very engine.
        .target(name: "BeckonRuleTest", dependencies: ["BeckonModel", "BeckonEngine"], swiftSettings: strict),

        .target(name: "BeckonKafka", dependencies: ["CRDKafka"], swiftSettings: hot),
        .target(name: "BeckonService", dependencies: ["CMicroHTTPD", "CYAML"], swiftSettings: strict),
        .target(
            name: "BeckonWorker",
            dependencies: [
                "BeckonModel", "BeckonEngine", "BeckonKafka", "BeckonService", "CCrash", "CLZ4", "CMemory", "CXXHash",
            ],
            swiftSettings: hot),
        .target(
            name: "BeckonSender",
            dependencies: ["BeckonModel", "BeckonTemplate", "BeckonKafka", "BeckonService", "CCrypto", "CCurl"],
            swiftSettings: strict),
        .executableTarget(
            name: "beckon",
            dependencies: [
                "BeckonModel", "BeckonEngine", "BeckonKafka", "BeckonRuleTest", "BeckonService", "BeckonWorker",
                "BeckonSender", "BeckonTemplate",
            ], swiftSettings: strict),

        debian("CRDKafka", "rdkafka", "librdkafka-dev"),
        debian("CYAML", "yaml-0.1", "libyaml-dev"),
        debian("CMicroHTTPD", "libmicrohttpd", "libmicrohttpd-dev"),
        debian("CLZ4", "liblz4", "liblz4-dev"),
        debian("CXXHash", "libxxhash", "libxxhash-dev"),
        debian("CCurl", "libcurl", "libcurl4-openssl-dev"),
        debian("CCrypto", "libcrypto", "libssl-dev"),
        .target(name: "CMemory"),
        // Notes in which record a thread has crashed.
        .target(name: "CCrash", dependencies: ["CMemory"]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        // Data only: the table of time zones, written by scripts/zones.
        .target(name: "CZones"),

        .testTarget(
            name: "BeckonModelTests", dependencies: ["BeckonModel"], exclude: ["Expression/Conformance"],
            swiftSettings: strict),
        .testTarget(
            name: "BeckonTemplateTests", dependencies: ["BeckonModel", "BeckonTemplate"], exclude: ["Conformance"],
            swiftSettings: strict),
        .testTarget(
            name: "BeckonEngineTests", dependencies: ["BeckonModel", "BeckonEngine", "Oracle", "history-fold"],
            swiftSettings: strict),
        .testTarget(
            name: "BeckonRuleTestTests", dependencies: ["BeckonModel", "BeckonRuleTest"], swiftSettings: strict),
        // A real Kafka for the tests that need one.
        .target(
            name: "KafkaFixture", dependencies: ["BeckonKafka", "CRDKafka"], path: "Tests/KafkaFixture",
            swiftSettings: strict),
        .testTarget(
            name: "BeckonKafkaTests", dependencies: ["BeckonKafka", "CRDKafka", "KafkaFixture"], swiftSettings: strict),
        .testTarget(
            name: "BeckonWorkerTests",
            dependencies: [
                "BeckonModel", "BeckonEngine", "BeckonKafka", "BeckonService", "BeckonWorker", "KafkaFixture", "Oracle",
                "WebhookReceiver",
                "WorkerProcess",
            ],
            swiftSettings: strict),
        // A worker that tests may kill.
        .executableTarget(
            name: "WorkerProcess", dependencies: ["BeckonModel", "BeckonEngine", "BeckonService", "BeckonWorker"],
            path: "Tests/WorkerProcess",
            swiftSettings: strict),
        // A fleet of workers on a simulated Kafka, in virtual time, from a seed; scripts/soak runs many.
        .target(
            name: "BeckonSimulator",
            dependencies: ["BeckonModel", "BeckonKafka", "BeckonService", "BeckonWorker", "Oracle"],
            path: "Tests/BeckonSimulator", swiftSettings: strict),
        .executableTarget(
            name: "soak", dependencies: ["BeckonSimulator"], path: "Tests/Soak", swiftSettings: strict),
        .testTarget(
            name: "BeckonSimulatorTests", dependencies: ["BeckonSimulator"], swiftSettings: strict),
        .testTarget(name: "BeckonServiceTests", dependencies: ["BeckonService"], swiftSettings: strict),
        // A receiver of webhooks for the tests that send some.
        .target(name: "WebhookReceiver", path: "Tests/WebhookReceiver", swiftSettings: strict),
        // A mail server for the tests that send emails.
        .target(name: "MailServer", path: "Tests/MailServer", exclude: ["server.py"], swiftSettings: strict),
        .testTarget(
            name: "BeckonSenderTests",
            dependencies: [
                "BeckonKafka", "BeckonModel", "BeckonSender", "BeckonService", "BeckonTemplate", "MailServer",
                "WebhookReceiver",
            ],
            swiftSettings: strict),

        // The engine alone, measured from memory.
        .executableTarget(
            name: "engine-bench", dependencies: ["BeckonModel", "BeckonEngine", "Oracle"], path: "Tests/EngineBench",
            swiftSettings: hot),

        // Folds a recorded history in a process of its own.
        .executableTarget(
            name: "history-fold", dependencies: ["BeckonModel", "BeckonEngine"], path: "Tests/HistoryFold",
            swiftSettings: strict),

        // The rules' meaning written a second time, slowly, from the documentation alone: it depends on nothing of ours.
        .target(name: "Oracle", path: "Tests/Oracle", swiftSettings: strict),
        .testTarget(name: "OracleTests", dependencies: ["Oracle"], swiftSettings: strict),
        .testTarget(
            name: "BeckonCommandTests",
            dependencies: [
                "beckon", "BeckonEngine", "BeckonKafka", "BeckonModel", "BeckonRuleTest", "BeckonSender",
                "BeckonService", "BeckonTemplate", "BeckonWorker", "KafkaFixture", "MailServer", "Oracle",
                "WebhookReceiver",
            ],
            swiftSettings: strict),

        // What scripts/fuzz feeds with inputs of its own making; FuzzTests feeds it with those that were kept.
        .target(
            name: "Fuzz",
            dependencies: ["BeckonModel", "BeckonEngine", "BeckonSender", "BeckonTemplate", "BeckonWorker", "CXXHash"],
            path: "Tests/Fuzz", exclude: ["Corpus", "Words"], swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["Fuzz"], swiftSettings: strict),

        // The programs behind scripts/bench.
        .target(name: "CFloorReader", dependencies: ["CRDKafka"], path: "Tests/Benchmark/CFloorReader"),
        .executableTarget(
            name: "beckon-bench", dependencies: ["BeckonModel", "BeckonKafka", "CFloorReader", "WebhookReceiver"],
            path: "Tests/Benchmark/Tool",
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

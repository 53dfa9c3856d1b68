/// What people and things are called in the synthetic shop.
enum ShopNames {
    static let firstNames = [
        "ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hana", "ivo", "june", "kai", "lena", "max", "nora", "otto",
        "pia", "quinn", "rosa", "sam", "tilda", "uma", "vera", "will", "yara",
    ]

    /// A product and its price in cents.
    struct Product {
        let id: String
        let name: String
        let cents: Int64
    }

    static let products = [
        Product(id: "p-mug", name: "Enamel mug", cents: 1_490),
        Product(id: "p-lamp", name: "Desk lamp", cents: 6_900),
        Product(id: "p-chair", name: "Folding chair", cents: 8_950),
        Product(id: "p-throw", name: "Wool throw", cents: 5_400),
        Product(id: "p-clock", name: "Wall clock", cents: 3_995),
        Product(id: "p-kettle", name: "Steel kettle", cents: 4_450),
        Product(id: "p-knife", name: "Bread knife", cents: 2_700),
        Product(id: "p-shelf", name: "Pine shelf", cents: 12_900),
        Product(id: "p-board", name: "Oak board", cents: 3_200),
        rug,
    ]
    static let rug = Product(id: "p-rug", name: "Jute rug", cents: 14_900)

    /// `ada-1`: a name and how often it has been given.
    static func person(_ index: Int) -> String {
        "\(firstNames[index % firstNames.count])-\(index / firstNames.count + 1)"
    }
}

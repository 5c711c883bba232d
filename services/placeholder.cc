namespace brokerage {}

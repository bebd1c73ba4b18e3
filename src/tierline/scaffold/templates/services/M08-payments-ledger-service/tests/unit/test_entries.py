import unittest

from app.bootstrap import TAX, balances, entries


class EntriesTest(unittest.TestCase):
    def test_the_entries_of_a_payment_add_up_to_zero(self):
        for amount in (1, 99, 100, 1190, 123457):
            booked = entries("p", "shop", amount, tax_percent=19)
            self.assertEqual(sum(entry["amount"] for entry in booked), 0)

    def test_tax_is_a_part_of_the_amount(self):
        sums = balances([{"entries": entries("p", "shop", 1190, tax_percent=19)}])
        self.assertEqual((sums["shop"], sums[TAX]), (1000, 190))


if __name__ == "__main__":
    unittest.main()

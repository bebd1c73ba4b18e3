import unittest

from app.bootstrap import current


class ConsentTest(unittest.TestCase):
    def test_what_was_never_asked_is_not_granted(self):
        self.assertFalse(any(current([], "ada").values()))

    def test_the_last_answer_counts(self):
        answers = [
            {"user": "ada", "purpose": "marketing", "granted": True},
            {"user": "bob", "purpose": "analytics", "granted": True},
            {"user": "ada", "purpose": "marketing", "granted": False},
            {"user": "ada", "purpose": "personalisation", "granted": True},
        ]
        granted = [purpose for purpose, yes in current(answers, "ada").items() if yes]
        self.assertEqual(granted, ["personalisation"])


if __name__ == "__main__":
    unittest.main()

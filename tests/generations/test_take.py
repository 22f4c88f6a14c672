from oxreel.generations.take import parts_of


def test_what_an_earlier_release_prepared_is_filmed_shot_by_shot() -> None:
    assert parts_of({"storyboard": {"shots": [{}, {}, {}]}, "price": 1}) == 3


def test_what_is_prepared_is_filmed_in_the_parts_of_its_engine() -> None:
    assert parts_of({"storyboard": {"shots": [{}, {}, {}]}, "parts": 1, "price": 1}) == 1

"""The parts of a plan one by one, and what a negative prompt takes out of it."""

from itertools import pairwise

import pytest

from engines.prompts import film, planned
from oxreel.engines.animatic.direction import directions_of
from oxreel.engines.animatic.direction.lexicon import lexicon
from oxreel.engines.animatic.plan import SLOW, Action, Amount, Change, Line, Move, Thing, Words
from oxreel.storyboard import Reference, Shot, Storyboard

DOCUMENTED_NEGATIVE = "blur, distort, and low quality"
RICH = (
    "Handheld push in, a dog runs through heavy rain at night on a city street, neon light, noir, "
    "title “OX”, a man says “Run!”, shallow depth of field, slow motion, fade to black"
)


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("whip pan to the left", Move("whip", -1, 1.5)),
        ("dolly zoom on her face", Move("dolly", 1)),
        ("The camera slowly rolls counterclockwise", Move("roll", -1, SLOW)),
        ("the camera follows the ox to the left", Move("follow", -1)),
        ("希区柯克变焦", Move("dolly", 1)),
        ("镜头向左甩", Move("whip", -1)),
        ("跟拍", Move("follow", 1)),
    ],
)
def test_a_plan_has_the_moves_that_plain_cameras_lack(prompt: str, move: Move) -> None:
    assert planned(prompt).camera.phases == ((move,),)


@pytest.mark.parametrize(
    "word", ["slow", "gentle", "smooth", "steady", "fast", "quick", "dramatic", "very slow", "slow, steady"]
)
@pytest.mark.parametrize(
    "move",
    [
        *("zoom in", "zoom out", "zoom-out", "push in", "pull back", "pull out", "dolly in", "dolly out", "dolly back"),
        *("dolly zoom", "pan left", "pan right", "tilt up", "tilt down", "truck left", "truck right"),
        *("crane up", "crane down", "orbit left", "orbit right", "whip pan left"),
    ],
)
def test_an_adjective_changes_the_pace_of_a_move_and_not_its_direction(word: str, move: str) -> None:
    [[plain]] = planned(move).camera.phases
    [[paced]] = planned(f"{word} {move} over the lake").camera.phases
    assert (paced.axis, paced.sign) == (plain.axis, plain.sign)


def test_each_sentence_moves_after_the_one_before_it() -> None:
    phases = planned("Pan left. Tilt up while zooming in.").camera.phases
    assert [[move.axis for move in moves] for moves in phases] == [["pan"], ["tilt", "zoom"]]


def test_an_adverb_belongs_to_what_moves_nearest_to_it() -> None:
    plan = planned("Slowly zoom in as the dog runs quickly")
    assert plan.camera.phases == ((Move("zoom", 1, SLOW),),)
    assert plan.actions == (Action("run", "dog", pace=1.5),)


@pytest.mark.parametrize(
    "prompt",
    [
        "She pushes into the crowd",
        "The moon orbits around the planet",
        "He rolls left",
        "He tilts his head",
        "摇头",
        "推车",
    ],
)
def test_what_a_subject_does_is_no_camera_move(prompt: str) -> None:
    assert not planned(prompt).camera.asked


def test_a_shot_that_ends_nearer_than_it_begins_moves_in() -> None:
    assert planned("Wide shot of a castle, ending in a close-up").camera.phases == ((Move("zoom", 1),),)


@pytest.mark.parametrize(
    ("prompt", "actions"),
    [
        (
            "@Element1 waves while @Element2 runs to the left",
            (Action("wave", "Element1"), Action("run", "Element2", -1)),
        ),
        ("A dog and a cat run", (Action("run", "dog"), Action("run", "cat"))),
        ("Running horses", (Action("run", "horse"),)),
        ("A ship enters from the left", (Action("float", "ship", 1),)),
        ("The ox is here. It turns around.", (Action("turn", "ox"),)),
        ("A robot walks away from the camera", (Action("walk", "robot", depth=-1),)),
        ("一只狗从右向左跑", (Action("run", "dog", -1),)),
        ("飞翔的鹰", (Action("fly", "eagle"),)),
        ("Day turns to night", ()),
        ("the waves", ()),
        ("@Element1 says “Hi!” and waves", (Action("wave", "Element1"),)),
    ],
)
def test_who_does_what_and_where_to(prompt: str, actions: tuple[Action, ...]) -> None:
    assert planned(prompt, picture=True).actions == actions


@pytest.mark.parametrize(
    ("prompt", "time", "season"),
    [
        ("winter", None, Change("winter", "winter")),
        ("from winter to summer", None, Change("winter", "summer")),
        ("冬去春来，从冬天到春天", None, Change("winter", "spring")),
        ("change the season to summer", None, Change("winter", "summer")),
        ("night falls", Change("dusk", "night"), None),
        ("day → night", Change("day", "night"), None),
        ("a sunny morning", Change("day", "day"), None),
        ("sunlight pouring into the morning kitchen", Change("day", "day"), None),
        ("spring water, a summer dress, a night stand", None, None),
    ],
)
def test_times_and_seasons_change_where_it_is_said(prompt: str, time: Change | None, season: Change | None) -> None:
    plan = planned(prompt)
    assert (plan.time, plan.season) == (time, season)


def test_a_video_that_is_edited_has_the_new_season_from_its_start() -> None:
    assert planned("change the season to summer", video=True).season == Change("summer", "summer")


@pytest.mark.parametrize(
    ("prompt", "weather"),
    [
        ("light rain", Amount("rain", 0.5)),
        ("a blizzard", Amount("snow", 1.5)),
        ("snow falls heavily", Amount("snow", 1.5)),
        ("大雪", Amount("snow", 1.5)),
        ("微风", Amount("wind", 0.5)),
        ("rose petals falling", Amount("petals")),
    ],
)
def test_weather_is_as_strong_as_it_is_said_to_be(prompt: str, weather: Amount) -> None:
    assert planned(prompt).weather == (weather,)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("A sign that says “OPEN”", Words("OPEN", "sign")),
        ("Title: “THE OX”", Words("THE OX", "title")),
        ('Caption "Paris, 1920"', Words("Paris, 1920", "caption")),
        ("标题“牛”", Words("牛", "title")),
        ("招牌上写着「茶馆」", Words("茶馆", "sign")),
    ],
)
def test_quoted_words_are_shown_as_what_they_are(prompt: str, words: Words) -> None:
    assert planned(prompt).words == (words,)
    assert not planned(prompt).lines


@pytest.mark.parametrize(
    ("prompt", "lines"),
    [
        ("She asks 'Where's the dog?'", (Line("Where's the dog?", "woman", "en", "woman"),)),
        ("ANNA: “Hi.” BOB: “Bye.”", (Line("Hi.", "ANNA"), Line("Bye.", "BOB"))),
        ("男孩说：“你好！”", (Line("你好！", "child", "zh", "child"),)),
        ("“Come in,” whispers the old man", (Line("Come in,", "man", "en", "man"),)),
        ("@Element2, a young woman, shouts “Wait!”", (Line("Wait!", "woman", "en", "woman"),)),
    ],
)
def test_quoted_speech_has_a_speaker_a_voice_and_a_language(prompt: str, lines: tuple[Line, ...]) -> None:
    assert planned(prompt).lines == lines


def test_other_quotations_are_words_like_any() -> None:
    plan = planned("a “golden hour” glow")
    assert plan.time == Change("golden_hour", "golden_hour")
    assert not plan.words + plan.lines


def test_things_are_counted_and_coloured() -> None:
    assert planned("a flock of birds over two red cars").things == (
        Thing("bird", "birds", 12),
        Thing("car", "cars", 2, "red"),
    )
    assert planned("a woman in a red dress").things == (Thing("woman", "woman", 1, "red"),)
    assert planned("三只白猫").things == (Thing("cat", "猫", 3, "white"),)


@pytest.mark.parametrize(
    "prompt",
    [
        "in the style of @Image2",
        "@Image2 as style reference",
        "styled like @Image2",
        "参考@Image2的风格",
        "@Image2的画风",
    ],
)
def test_a_reference_of_style_is_known_as_one(prompt: str) -> None:
    plan = planned(f"@Image1 walks, {prompt}")
    assert plan.style_references == ("Image2",)
    assert plan.references in (("Image1", "Image2"),)


def test_nothing_is_heard_where_no_sound_is_asked_for_or_silence_is() -> None:
    assert planned("Thunder rumbles over the sea").sounds == ()
    assert planned("Silent sea", sound=True).sounds == ()
    assert {one.kind for one in planned("Thunder rumbles over the sea", sound=True).sounds} >= {"thunder", "sea"}


def test_birds_keep_still_at_night() -> None:
    assert [one.kind for one in planned("A forest", sound=True).sounds] == ["birds"]
    assert [one.kind for one in planned("A forest at night", sound=True).sounds] == ["insects"]


def test_nouns_matter_only_where_no_picture_shows_them() -> None:
    assert planned("A dog in a park").without_effect == ()
    assert planned("A dog in a park", picture=True).without_effect == ("dog", "park")


@pytest.mark.parametrize(
    ("negative", "part"),
    [
        ("camera shake", "camera"),
        ("camera movement", "camera"),
        ("rain", "weather"),
        ("night", "time"),
        ("neon", "light"),
        ("black and white", "style"),
        ("text", "words"),
        ("dialogue", "lines"),
        ("running", "actions"),
        ("dogs", "things"),
        ("bokeh", "shallow"),
        ("slow motion", "tempo"),
        ("fade to black", "ending"),
        ("street", "places"),
        ("sound", "sounds"),
        ("下雨", "weather"),
        ("夜晚", "time"),
        ("文字", "words"),
        ("镜头运动", "camera"),
        ("狗", "things"),
    ],
)
def test_a_negative_prompt_takes_out_what_it_names_and_nothing_else(negative: str, part: str) -> None:
    whole, less = planned(RICH, sound=True).to_json(), planned(RICH, negative, sound=True).to_json()
    assert whole[part] != less[part]
    # What is heard and what is without effect follows from the rest; who is not there does nothing.
    follows = {part, "sounds", "without_effect"} | ({"actions"} if part == "things" else set())
    assert {name for name in whole if whole[name] != less[name]} <= follows


@pytest.mark.parametrize(
    ("prompt", "negative"), [("A red car drives along the road", "car"), ("一辆汽车在路上行驶", "汽车")]
)
def test_who_is_ruled_out_does_nothing(prompt: str, negative: str) -> None:
    assert planned(prompt).actions
    assert planned(prompt, negative).actions == ()


@pytest.mark.parametrize("prompt", [RICH, "pan left in the fog", "", "雨中的城市"])
def test_the_documented_negative_prompt_takes_nothing_out(prompt: str) -> None:
    assert planned(prompt, DOCUMENTED_NEGATIVE, sound=True) == planned(prompt, sound=True)


@pytest.mark.parametrize(
    "prompt",
    ["no rain or snow", "without rain, snow or fog", "It is not raining", "不要雨、雪和雾", "没有下雨", "free of rain"],
)
def test_what_a_prompt_negates_is_not_there(prompt: str) -> None:
    assert planned(prompt).weather == ()
    assert planned(prompt).without_effect == ()


def test_a_negation_ends_with_what_it_is_about() -> None:
    assert planned("No rain, but heavy snow").weather == (Amount("snow", 1.5),)
    assert planned("A girl without a hat dances").actions == (Action("dance", "child"),)
    assert planned("not only rain").weather == (Amount("rain"),)


def test_a_later_shot_stays_in_time_season_style_and_place() -> None:
    first, second = directions_of(
        film("Noir. From day to night in a winter street, a red fox runs", "It turns around, the fox waits")
    )
    assert first.time == Change("day", "night")
    assert (second.time, second.season) == (Change("night", "night"), Change("winter", "winter"))
    assert (second.style, second.places) == ("noir", ("street",))
    assert second.things == (Thing("fox", "fox", 1, "red"),)


def test_a_later_shot_may_say_otherwise() -> None:
    _, second = directions_of(film("Night in a street", "A beach at noon"))
    assert (second.time, second.places) == (Change("day", "day"), ("beach",))


def test_only_the_last_shot_ends_in_black() -> None:
    first, second = directions_of(film("A dog, fade to black", "A cat, fade to white"))
    assert (first.ending, second.transition, second.ending) == (None, "fade_black", "fade_white")


def test_a_shot_with_style_references_alone_is_drawn() -> None:
    style = Reference("Image1", "input_image[0]", "image", "style.png", 64, 64)
    shot = Shot(0, "A dog in the style of @Image1", 5, 0, 121, references=(style,))
    [plan] = directions_of(Storyboard("", "", (shot,), 64, 64, 7))
    assert plan.without_effect == ()


def test_every_kind_that_the_chinese_lexicon_names_is_one_of_the_english() -> None:
    known = lexicon().things
    assert len(known) == len(set(known)) > 100
    kinds = {one.kind for prompt in ["狗", "猫", "车", "树", "人", "船", "鱼", "花"] for one in planned(prompt).things}
    assert kinds <= set(known)
    assert len(kinds) == 8


def test_phrases_of_more_words_win() -> None:
    assert all(planned(prompt).weather == () for prompt in ("a rain coat", "snow leopard", "brain fog", "雪糕", "风格"))
    for shorter, longer in pairwise(["fire", "fire truck"]):
        assert planned(shorter).things != planned(longer).things


@pytest.mark.parametrize("prompt", ["Slow dolly zoom on the ox", "Dramatic dolly zoom on the ox", "Dolly zoom, fast"])
def test_a_dolly_zoom_stays_one_whatever_its_pace(prompt: str) -> None:
    plan = planned(prompt)
    assert plan.camera.has("dolly")
    assert not plan.camera.has("zoom")


def test_a_quiet_room_is_a_place_and_sounds_like_one() -> None:
    plan = planned("A quiet room", sound=True)
    assert plan.places == ("room",)
    assert [one.kind for one in plan.sounds] == ["room"]


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        ("The train rocks", ["train"]),
        ("Waves crash on rocks", ["rocks"]),
        ("A bell rings", []),
        ("Rings on a table", ["ring", "table"]),
        ("A pan pizza on a table", ["food", "table"]),
        ("A man before a brick wall", ["man"]),
        ("墙边的男人", ["man"]),
    ],
)
def test_a_noun_is_drawn_where_it_is_one_and_as_what_it_is(prompt: str, things: list[str]) -> None:
    plan = planned(prompt)
    assert [one.kind for one in plan.things] == things
    assert not plan.camera.asked


def test_a_fly_is_nobody_who_flies() -> None:
    assert planned("A fly lands on a table").actions == ()
    assert planned("Birds fly over the sea").actions == (Action("fly", "bird"),)


@pytest.mark.parametrize("prompt", ["A snowy forest", "A snow covered forest", "雪林"])
def test_a_snowy_forest_is_a_forest_and_snowy(prompt: str) -> None:
    assert planned(prompt).places == ("forest", "snowfield")
    assert planned(prompt, "snow").places == ("forest",)


def test_no_snow_is_none_on_the_ground_either() -> None:
    assert planned("A fox in a snowfield", "snow, rain").places == ()
    assert planned("A fox in a snowfield", "rain").places == ("snowfield",)

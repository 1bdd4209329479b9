from onmodel.demonstration.chance import stream


def test_a_stream_follows_seed_and_name() -> None:
    first = stream(1, "careers").random(5).tolist()
    assert first == stream(1, "careers").random(5).tolist()
    assert first != stream(2, "careers").random(5).tolist()
    assert first != stream(1, "visits").random(5).tolist()

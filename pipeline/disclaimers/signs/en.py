"""
English signs. The stems begin with those of the compliance catalogue, section 4.

Add a sign together with a sentence in tests/disclaimers/topics.txt that it must find, and a look-alike
that it must leave alone.
"""

from pipeline.disclaimers.signs import Language, Signs


def _listed(text: str) -> tuple[str, ...]:
    """Return the signs of a list, parted by commas."""
    return tuple(" ".join(sign.split()) for sign in text.split(","))


_SETS = {
    "taking": "take taking takes took try trying add adding swallow recommend recommends buy",
    "form": "capsule* tablet* pill* gumm* softgel* lozenge* powder drops tincture supplement* mg mcg iu"
    " milligram* dose* dosage bottle*",
    "nutrient": "vitamin vitamins magnesium zinc calcium selenium potassium omega turmeric collagen biotin"
    " folate iodine",
    "drug": "ibuprofen naproxen acetaminophen paracetamol aspirin statin statins metformin insulin warfarin"
    " prednisone semaglutide tirzepatide antibiotic* antidepressant* opioid* melatonin",
    "brand": "advil aleve ambien lipitor mounjaro ozempic prozac tylenol valium viagra wegovy xanax zoloft",
    "medical": "medicine* medication* drug* mg tablet* pill* prescri* pharmac* steroid* opioid*",
    "disc": "disc disk discs disks",
    "limb": "leg legs arm arms hip hips knee knees heel heels foot feet shoulder shoulders",
    "part": "muscle* hamstring* calf calves quad quads thigh* hip hips neck shoulder* leg legs arm arms"
    " spine",
    "effort": "km mile miles marathon pace treadmill jog* trail laps",
    "fitness": "muscle* minutes gym strength balance regular regularly gentle daily weekly aerobic moderate"
    " vigorous routine program* fitness joint* therapist bike class sweat doctor weeks yoga",
    "sore": "pain* ache* aching sore stiff* strain* hurt* spasm* relief injur* pull* muscle*",
    "self": "yourself myself himself herself themselves",
    "spine": "spine spinal lumbar vertebra* nerve nerves",
    "worn": "device* tracker* sensor* ring rings monitor* data",
    "ill": "pain* ache* sciatic* back gout diabet* insomnia anxiety depress* migraine* headache* arthritis"
    " asthma cancer disease* eczema tumor* gut knee knees heart",
    "kilos": "pounds kilos kg lbs stone",
}

# A doctor is named first: that is care, not advice on the condition.
_ASKED = _listed("""
    ask your doctor, ask a doctor, talk with your, talk to your, talk with a, talk to a, check with your,
    check with a, speak with your, speak to your, see your doctor, see a doctor
""")

_TOPICS = {
    "supplements": Signs(
        plain=_listed("""
            ashwagandha, melatonin, probiotic*, creatine, curcumin, cbd, fish oil, krill oil, cod liver oil,
            multivitamin*, dietary supplement, food supplement, herbal supplement, supplements,
            supplementation, a supplement, this supplement, supplement label, supplement facts, glucosamine,
            chondroitin, st john's wort, red yeast rice, kava, ginkgo biloba, ginseng, echinacea, berberine,
            sea moss, nootropic*, coq10, coenzyme q10, iron tablet, iron pill, iron supplement,
            protein powder, collagen peptide, magnesium glycinate, magnesium citrate, magnesium oxide,
            {nutrient} & {form}, take vitamin, taking vitamin, take magnesium, taking magnesium, take zinc,
            vitamin b12, elderberry syrup, # micrograms, # mcg, # iu
        """),
        grave=_listed("""
            capsule & {nutrient} & {taking}, tablet & {nutrient} & {taking},
            gummies & {nutrient} & {taking}, supplement & {nutrient} & {taking}
        """),
    ),
    "exercise": Signs(
        plain=_listed("""
            workout, strength training, resistance training, weight training, interval training, hiit,
            push up, pushup, squats, a squat, squatting, lunges, deadlift*, burpee, jumping jack, treadmill,
            dumbbell, barbell, kettlebell, resistance band, pilates, yoga, tai chi, qigong, aerobic*,
            cardio, weightlifting, lift weights, lifting weights, plank & {part}, plank & seconds,
            plank & core, planks & core, exercise & {fitness}, exercise & {part}, exercises & {part},
            exercising, new to exercise, wrong exercise, exercise for, exercises for, stretch* & {part},
            stretch* & seconds, stretching routine, physical activity, moderate activity, regular activity,
            brisk walk*, walk briskly, # minute walk, # minutes of walking, # steps a day, # steps each day,
            daily steps, # km run, # mile run, run # km, run # miles, run a marathon, your run & {effort},
            a run & {effort}, running & {effort}, running shoes, go for a run, jogging, jog & minutes,
            sets of #, # reps, reps of, # repetitions, lift* & dumbbell*, lift* & weights, lift your {limb},
            lift one {limb}, raise your {limb}, raise one {limb}, bend your {limb}, stand on one leg,
            hands and knees, knees bent, chair stand, pelvic tilt, bird dog, glute bridge, low bridge,
            make a bridge, muscle work, mobility & {part}, swimming laps, mobility drill, swim laps,
            personal trainer, gym, walk for # minutes, strength work, balance on one, hug your {limb},
            roll your {limb}, roll onto your, squat down, cycling, swimming & {part}, swimming & body,
            exercise is, exercise helps, exercise works, sit to stand
        """),
        unless=_listed("exercise caution, exercise your right, jungle gym"),
    ),
    "back_pain": Signs(
        plain=_listed("""
            back pain, back ache, backache, sore back, stiff back, aching back, achy back, bad back,
            painful back, back hurts, back spasm, back injury, hurt your back, lower back & {sore},
            low back & {sore}, lumbago, lumbar, sciatic*, spinal stenosis, slipped {disc}, herniated {disc},
            bulging {disc}, {disc} & {spine}, pinched nerve, back went out, back gave out,
            put your back out, put my back out
        """),
    ),
    "medication": Signs(
        plain=_listed("""
            {brand}, ibuprofen, naproxen, acetaminophen, paracetamol, aspirin, statin, ssri, metformin,
            warfarin, prednisone, semaglutide, tirzepatide, glp 1, gabapentin, codeine, morphine, oxycodone,
            tramadol, amoxicillin, levothyroxine, lisinopril, zolpidem, benzodiazepine*, antidepressant*,
            opioid*, antibiotic, antihistamine, antacid, blood thinner, beta blocker, water pill,
            sleeping pill, pain reliever, painkiller, medication, medicines, your medicine, a medicine,
            this medicine, pressure medicine, prescription & {medical}, prescription drug, prescribed,
            dosage, dose & {medical}, doses & {medical}, dose & {drug}, taper* & {medical},
            wean* & {medical}, taper* & dose, side effects & {medical}, insulin & {taking}, insulin & dose*,
            over the counter & {medical}, take one tablet, take two tablets, tablets a day,
            tablet twice a day, pills a day, drug & approved, a new drug, weight loss drug, hormone therapy,
            hormone replacement
        """),
        grave=_listed("mg & {drug} & {taking}"),
        unless=_listed("best medicine, prescription glasses, medicine ball"),
    ),
    "sleep": Signs(
        plain=_listed("""
            insomnia, sleep apnea, sleep apnoea, sleep hygiene, sleep disorder, sleep drive, sleep inertia,
            circadian, melatonin, sedative, sleeping pill, sleep aid, snoring, trouble sleeping,
            sleep better, better sleep, poor sleep, deep sleep, sleep quality, quality of sleep,
            hours of sleep, fall asleep & night, fall asleep & bed, lie awake, sleepless, help you sleep,
            night's sleep, sleep schedule, sleep research, sleep loss, bedtime & screen*,
            bedtime & caffeine, bedtime & routine, restless legs
        """),
    ),
    "mental_health": Signs(
        plain=_listed("""
            depression, depressed, depressive, antidepressant*, anxiety, anxiety disorder, panic attack,
            panic disorder, burnout, burned out & work, burned out & job, ptsd, emotional trauma,
            childhood trauma, trauma & therap*, trauma & memor*, mental health, mental illness,
            bipolar disorder, eating disorder, psychotherap*, feel anxious, feeling anxious, feel hopeless,
            feeling hopeless, obsessive compulsive, feel down, feeling down, panic & chest
        """),
        grave=_listed("""
            suicid*, self harm*, harm yourself, harming yourself, hurt yourself on purpose, end your life,
            end my life, your own life & take, want to die, wish to die, kill {self}, killing {self},
            killed {self}, not worth living, isn't worth living, no reason to live, better off dead,
            better off without me
        """),
        unless=_listed("""
            great depression, tropical depression, economic*, depression era, tongue depressor
        """),
    ),
    "diet_weight": Signs(
        plain=_listed("""
            weight loss, lose weight, losing weight, lost weight, shed pounds, lose # pounds, lost # pounds,
            lose # kilos, intermittent fasting, fasting, keto, ketogenic, calorie*, diet plan, diet pill,
            low carb, crash diet, burn fat, belly fat, body fat, slim down, overweight, obes*, bmi, detox*,
            juice cleanse, appetite suppress*, meal replacement, on a diet, go on a diet, healthy weight,
            5 2 diet, juice fast, drop pounds, fast for # hours
        """),
        unless=_listed("without trying"),
    ),
    "pregnancy_child": Signs(
        plain=_listed("""
            pregnan*, breastfe*, breast feeding, trimester, postpartum, prenatal, morning sickness, newborn,
            infant, toddler, your baby, babies, your child, your children, young children, children under #,
            children and teens, teenager, your teen, pediatric*, paediatric*, expecting a baby, breast milk,
            nursing mother, two year old, children need, children should, in children
        """),
        unless=(*_listed("pregnant pause, pregnant silence"), *_ASKED),
    ),
    "chronic": Signs(
        plain=_listed("""
            diabet*, prediabet*, hypertens*, high blood pressure, asthma*, heart disease, heart failure,
            heart condition, coronary, atrial fibrillation, kidney disease, kidney failure, dialysis,
            autoimmune, arthritis, osteoarthritis, osteoporosis, lupus, multiple sclerosis, crohn's, copd,
            epilep*, parkinson's, alzheimer's, dementia, chemotherap*, cancer, tumor, tumour, chronic pain,
            chronic condition, chronic illness, chronic disease, thyroid disease, celiac, coeliac,
            living with ms, people with ms, blood sugar control, blood sugar level, stroke survivor,
            heart attack
        """),
        unless=(*_listed("tropic of cancer, horoscope, zodiac, risk, risks"), *_ASKED),
    ),
    "first_person": Signs(
        plain=_listed("""
            my story, before and after photo, before and after picture, success stories, reader letter,
            reader's letter, letter from a reader, a reader writes, a reader wrote, changed my life & pain,
            changed my life & weight, worked for me, my diagnosis, i was diagnosed, my symptoms,
            my pain is gone, my pain went, my pain vanished, my pain disappeared, i lost # {kilos},
            healed me, my pain was gone, pain is gone
        """),
        grave=_listed("""
            i cured & {ill}, cured my & {ill}, cured me & {ill}, healed my & {ill}, testimonial,
            reader's story, reader story, reader stories
        """),
    ),
    "devices_tests": Signs(
        plain=_listed("""
            tens unit, tens machine, tens device, glucose monitor*, glucose meter, cgm, at home test,
            home test, home testing, wearables, wearable & {worn}, fitness tracker, activity tracker,
            sleep tracker, smartwatch*, smart watch, pulse oximeter, blood pressure monitor,
            blood pressure cuff, heart rate monitor, dna test, genetic test, microbiome test,
            food sensitivity test, massage gun, light therapy, cpap, ecg, hearing aid, track your sleep,
            tracks your sleep, home kit, test kit, testing kit, genetic testing
        """),
    ),
    "breath_heat_cold": Signs(
        plain=_listed("""
            breathwork, breath work, cold plunge, ice bath, cold shower, cold water immersion,
            cold water swim*, cold exposure, sauna, steam room, box breathing, breath hold, breath holding,
            hold your breath, wim hof, hyperventilat*, hot tub, hot yoga, cryotherap*, breathing exercise,
            breathing technique, alternate nostril, winter swimming, icy water & plunge*,
            ice water & plunge*, icy water & dip*, deep breathing
        """),
        unless=_listed("don't hold your, do not hold your, not hold your"),
    ),
    "commercial": Signs(
        plain=_listed("""
            sponsor, sponsors, coupon, our shop, our store, # % off, buy now, order now, shop now,
            free shipping, advertisement, our new book, our online course, limited time offer,
            special offer, sponsored, in partnership with, our new course, our paid
        """),
        grave=_listed("""
            affiliate link, affiliate partner, earn a commission, small commission, promo code, coupon code,
            discount code, use code, use the code, sponsored by, is sponsored, paid partnership,
            paid promotion, our sponsor, amazon associate
        """),
    ),
}

_PURPOSES = (
    # that it is no advice
    _listed("""
        not medical advice, not intended as medical, not a substitute for professional, no medical advice,
        not intended to be medical, not a substitute for medical, not replace professional medical
    """),
    # whom to ask
    _listed("""
        consult your doctor, consult a doctor, consult your physician, consult a physician,
        consult your healthcare, consult a healthcare, consult with your, consult a qualified,
        seek the advice of, ask your doctor before, talk to your doctor before, talk with your doctor before
    """),
    # what it is for
    _listed("""
        educational purposes, informational purposes, information purposes, education only,
        information only, informational only, general information
    """),
)

LANGUAGE = Language(
    topics=_TOPICS,
    sets=_SETS,
    steps=(
        *_TOPICS["exercise"].plain,
        *_listed("heat pack, ice pack, heating pad, massage, stretch your, stretch slowly"),
    ),
    references=frozenset(
        _listed("bibliography, citations, further reading, references, sources, where this comes from")
    ),
    purposes=_PURPOSES,
)

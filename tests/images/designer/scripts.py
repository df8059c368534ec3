"""A sentence in each script that cards are drawn in, and words in scripts that they are not."""

from __future__ import annotations

SENTENCES = {
    "latin": "L’estate è già qui: ½ prezzo, řeď, ğüş, đặc biệt",
    "greek": "Το καλοκαίρι είναι εδώ: −30% σε όλα",
    "cyrillic": "Лето уже здесь: скидка 30% на всё, їжак",
    "arabic": "تخفيضات الصيف بدأت: خصم ٣٠٪ على كل شيء",
    "persian": "حراج تابستانی شروع شد: می\u200cخواهم ۳۰٪ تخفیف",
    "urdu": "گرمیوں کی سیل شروع: ہر چیز پر ۳۰٪ رعایت",
    "hebrew": "הקיץ כבר כאן: 30% הנחה על כל הקטלוג",
    "devanagari": "गर्मियों की सेल शुरू: हर चीज़ पर ३०% की छूट।",
    "bengali": "গ্রীষ্মের ছাড় শুরু হয়েছে: সবকিছুতে ৩০% ছাড়।",
    "gurmukhi": "ਗਰਮੀਆਂ ਦੀ ਸੇਲ ਸ਼ੁਰੂ: ਹਰ ਚੀਜ਼ ਤੇ ੩੦% ਛੋਟ",
    "gujarati": "ઉનાળાની ઑફર શરૂ: દરેક વસ્તુ પર ૩૦% છૂટ",
    "tamil": "கோடை விற்பனை தொடங்கியது: எல்லாவற்றிலும் 30% தள்ளுபடி",
    "telugu": "వేసవి అమ్మకాలు ప్రారంభం: ప్రతిదానిపై 30% తగ్గింపు",
    "kannada": "ಬೇಸಿಗೆ ಮಾರಾಟ ಆರಂಭ: ಎಲ್ಲದರ ಮೇಲೆ ೩೦% ರಿಯಾಯಿತಿ",
    "malayalam": "വേനൽക്കാല വിൽപ്പന ആരംഭിച്ചു: എല്ലാത്തിനും 30% കിഴിവ്",
    "sinhala": "ගිම්හාන විකිණීම ආරම්භ විය: ශ්\u200dරී ලංකාවේ 30% වට්ටම්",
    "thai": "ลดราคาหน้าร้อนเริ่มแล้ว: ทุกอย่างลด 30% ที่นี่",
    "lao": "ການຂາຍລະດູຮ້ອນເລີ່ມແລ້ວ: ທຸກຢ່າງຫຼຸດ 30%",
    "khmer": "ការលក់រដូវក្តៅបានចាប់ផ្តើម៖ បញ្ចុះតម្លៃ ៣០%",
    "burmese": "နွေရာသီအရောင်း စတင်ပြီ။ အားလုံးအတွက် ၃၀% လျှော့စျေး",
    "georgian": "ზაფხულის ფასდაკლება დაიწყო: ყველაფერზე 30%",
    "armenian": "Ամառային զեղչերը սկսվել են՝ ամեն ինչ 30% էժան",
    "amharic": "የበጋ ሽያጭ ተጀመረ፦ በሁሉም ነገር ላይ 30% ቅናሽ።",
    "japanese": "夏が来た：全品30%オフのサマーセール開催中",
    "chinese": "夏季特卖开始了：全场商品七折優惠",
    "korean": "여름이 왔어요: 전 상품 30% 할인",
}
WITHOUT_LETTERS = {
    "hieroglyphs": "𓀀𓀁𓂀",
    "tibetan": "བོད་སྐད",
    "cherokee": "ᏣᎳᎩ",
    "javanese": "ꦗꦮ",
}
# Of the typeface that a script is set in: words whose letters change their form, their place or their order.
WORDS = {
    "devanagari": ("Noto Sans Devanagari", "क्षमा श्री द्धर्म कि र्मि दर्\u200dया स्त्री ज्ञान ट्र ह्म शृं क्त्या"),
    "bengali": ("Hind Siliguri", "গ্রীষ্মের প্রথম ক্রয় শ্রী র্ক ক্ষ র\u200d্যাম স্ত্র কো ব্র দ্ব"),
    "gurmukhi": ("Noto Sans Gurmukhi", "ਪ੍ਰਸ਼ਨ ਸ਼ੁਰੂ ਕਿ ਸ੍ਵ ਨ੍ਹ"),
    "gujarati": ("Noto Sans Gujarati", "શ્રી ક્ષમા કિ ર્ક ત્ર જ્ઞ દ્વ"),
    "tamil": ("Noto Sans Tamil", "கோடை ஸ்ரீ கௌ க்ஷ தொடங்கியது லை"),
    "telugu": ("Noto Sans Telugu", "క్ష్మి స్త్రీ ప్రా తగ్గింపు త్ర్య"),
    "kannada": ("Noto Sans Kannada", "ಕೃಷ್ಣ ಸ್ತ್ರೀ ಎಲ್ಲದರ ರ್ಕ ಕ್ಷ"),
    "malayalam": ("Noto Sans Malayalam", "ക്ഷ ശ്രീ വേനൽക്കാല ത്ര കൊ ന്റെ"),
    "sinhala": ("Noto Sans Sinhala", "ශ්\u200dරී ක්\u200dෂ කෝ විකිණීම ක්\u200dය"),
    "thai": ("Noto Sans Thai", "น้ำผึ้ง ที่นี่ กตัญญู ฐู ปี่"),
    "lao": ("Noto Sans Lao", "ນ້ຳເຜິ້ງ ຫຼຸດ ເລີ່ມ"),
    "khmer": ("Noto Sans Khmer", "ស្ត្រី ក្រុង ផ្តើម អ្វីៗ ញ្ចុះ ខ្ញុំ"),
    "burmese": ("Noto Sans Myanmar", "ကြွေးကြော် သင်္ဘော လျှော့ ပြီ န္တြ"),
}
